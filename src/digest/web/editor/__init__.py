"""The pages of editors: the draft issue and what each reader will get."""
