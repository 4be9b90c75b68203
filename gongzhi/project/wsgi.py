"""The application that serves pages, for threads."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from gongzhi.kernel import spans

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.project.settings")
spans.switch_on("serve")
application = get_wsgi_application()

# What was loaded stays for good: looking through it again for garbage, every few hundred reports,
# is a fifteenth of what a report costs.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
