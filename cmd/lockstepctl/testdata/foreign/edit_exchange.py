"""Makes one entry in the first person's calendar, signed in as himself.

Standard input is the line that `lockstepctl sim` prints.
"""
import datetime
import json
import sys
import warnings

warnings.filterwarnings("ignore")

from exchangelib import DELEGATE, NTLM, Account, CalendarItem, Configuration, Credentials, EWSTimeZone  # noqa: E402

ACCESS = json.load(sys.stdin)
ZONE = EWSTimeZone("Europe/Helsinki")
PERSON = ACCESS["people"][0]

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
