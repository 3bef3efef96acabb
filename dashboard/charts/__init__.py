"""Pictures as inline SVG: `strips` of runs and growth, `day_ahead` counts and `day_chart` draws the coming day."""
