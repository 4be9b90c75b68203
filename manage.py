"""Run Django's commands from the checkout."""

from gongzhi.project.cli import main

if __name__ == "__main__":
    main()
