"""Makes an entry and a series with exceptions in the first person's calendar, signed in as himself.

Standard input is the line that `lockstepctl sim` prints.
"""
import datetime
import json
import sys
import warnings

warnings.filterwarnings("ignore")

from exchangelib import DELEGATE, NTLM, Account, CalendarItem, Configuration, Credentials, EWSTimeZone  # noqa: E402
from exchangelib.fields import FRIDAY, MONDAY, SATURDAY, SUNDAY, THURSDAY, TUESDAY, WEDNESDAY  # noqa: E402
from exchangelib.recurrence import Recurrence, WeeklyPattern  # noqa: E402

ACCESS = json.load(sys.stdin)
ZONE = EWSTimeZone("Europe/Helsinki")
PERSON = ACCESS["people"][0]
DAYS = [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY]

config = Configuration(
    service_endpoint=ACCESS["exchange"]["url"],
    credentials=Credentials(ACCESS["exchange"]["domain"] + "\\" + PERSON["exchange_user"], PERSON["exchange_password"]),
    auth_type=NTLM,
    max_connections=1,
)
account = Account(primary_smtp_address=PERSON["email"], config=config, autodiscover=False, access_type=DELEGATE, default_timezone=ZONE)
start = (datetime.datetime.now(ZONE) + datetime.timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)
CalendarItem(
    account=account, folder=account.calendar, subject="Made by exchangelib – äö", start=start, end=start + datetime.timedelta(hours=1)
).save()

first = start + datetime.timedelta(days=1, hours=4)
series = CalendarItem(
    account=account, folder=account.calendar, subject="Series by exchangelib – äö", start=first, end=first + datetime.timedelta(hours=1),
    recurrence=Recurrence(pattern=WeeklyPattern(interval=1, weekdays=[DAYS[first.weekday()]]), start=first.date(), number=6),
).save()


def change(index, **values):
    one = series.occurrence(index=index)
    one.refresh()
    for name, value in values.items():
        setattr(one, name, value)
    one.save(update_fields=list(values))


def week(n, hours):
    return first + datetime.timedelta(weeks=n, hours=hours)


change(2, start=week(1, 5), end=week(1, 7))
change(3, subject="Series by exchangelib – äö, renamed")
gone = series.occurrence(index=4)
gone.refresh()
gone.delete()
