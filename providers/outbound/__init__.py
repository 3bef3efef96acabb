"""The one door through which Larder calls the outside: `http` calls, `addresses` judges where it may, `signatures`
signs, `shown` quotes what was said.
"""
