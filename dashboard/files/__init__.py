"""What pages of files show: `listing`, `hints` for failures, and `uploads` from the form to the verbs."""
