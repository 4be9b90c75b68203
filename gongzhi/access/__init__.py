"""Who somebody is, which posts they hold and what a post may do where."""
