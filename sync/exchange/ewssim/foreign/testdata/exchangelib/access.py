"""Reaches another person's calendar and mailboxes that it must not reach."""
from common import CONFIG, account, at, main
from exchangelib import CalendarItem


def attempt(run):
    try:
        return run()
    except Exception as e:
        return type(e).__name__


def touch(mailbox, access):
    a = account(mailbox, access=access)
    entry = CalendarItem(account=a, folder=a.calendar, subject=f"By {access}", start=at(2026, 7, 1, 9), end=at(2026, 7, 1, 10)).save()
    return a.calendar.get(id=entry.id).subject


def run():
    return {name: attempt(lambda t=target: touch(t["mailbox"], t["access"])) for name, target in CONFIG["targets"].items()}


main(run)
