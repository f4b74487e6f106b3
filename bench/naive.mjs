// What people write in Node.js: mjml for each mail (or once), and nodemailer with a pool of five connections.
// node naive.mjs PORT MAILS.json each|once FOLDER_OF_PACKAGES
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [port, given, how, folder] = process.argv.slice(2);
const require = createRequire(`${folder}/`);
const mjml = require("mjml").default ?? require("mjml");
const nodemailer = require("nodemailer");

const mails = JSON.parse(readFileSync(given, "utf8"));
const pool = nodemailer.createTransport({ host: "127.0.0.1", port: Number(port), pool: true, maxConnections: 5,
  maxMessages: Infinity, ignoreTLS: true });
const html = async (source) => (await mjml(source, { fonts: {}, validationLevel: "skip" })).html;

await html(mails[0].mjml);
let bytes = 0;
const began = performance.now();
const whole = how === "once" ? await html(mails[0].mjml) : "";
const sent = [];
for (const mail of mails) {
  const page = whole || (await html(mail.mjml));
  bytes += page.length + mail.text.length;
  sent.push(pool.sendMail({ from: "weekly@press.example.com", to: mail.to, subject: mail.subject, text: mail.text,
    html: page, list: { unsubscribe: mail.unsubscribe } }));
}
await Promise.all(sent);
const seconds = (performance.now() - began) / 1000;
pool.close();
console.log(JSON.stringify({ per_second: mails.length / seconds, bytes: Math.round(bytes / mails.length) }));
