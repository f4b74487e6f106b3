"""The pages of subscribers: sign up, confirm, choose, leave, read on the web."""
