"""The four faces of the product: pocket for residents, patrol for grid workers, workbench for staff, wall for the command screen."""
