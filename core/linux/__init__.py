"""What of Linux's kernel Python has no call for. Knows no Django: files are read where there is none."""
