"""What is measured, a module for each part; `catalogue` names the parts and the lines of each."""
