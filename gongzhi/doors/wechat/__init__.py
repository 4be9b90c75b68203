"""The WeChat official account: a talk becomes a case, menus sign in, answers come as messages."""
