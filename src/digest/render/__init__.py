"""Issue to final bytes: templates, MJML, inlined CSS, and the cut into fragments. Decides nothing about content."""
