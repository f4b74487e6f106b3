"""What comes back: returned mails and clicks, and what they say; the mailboxes, and the operator's hook."""
