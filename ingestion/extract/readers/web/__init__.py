"""Web pages: `blocks` walks a page in order, `main_part` chooses what of it is its text, `pieces` lays that out.

`framing` knows menus, footers and banners by their marks, `hiding` what nobody sees, `grids` the cells of a table.
"""
