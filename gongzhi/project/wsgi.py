"""The application that serves pages, for threads."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from gongzhi.kernel import spans

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.project.settings")
spans.switch_on("serve")
pages = get_wsgi_application()

from gongzhi.project.quick import QuickIntake  # noqa: E402 - needs the models that are loaded now

application = QuickIntake(pages)

# What was loaded stays for good: looking through it again for garbage, every few hundred reports,
# is a fifteenth of what a report costs.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
