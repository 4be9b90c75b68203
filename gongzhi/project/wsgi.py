"""The application that serves pages, for threads."""

import os

from django.core.wsgi import get_wsgi_application

from gongzhi.kernel import spans

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.project.settings")
spans.switch_on("serve")
application = get_wsgi_application()
