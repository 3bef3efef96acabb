"""What names and values show by themselves: `places`, `firms`, `persons`; `single`: whether one thing is said."""
