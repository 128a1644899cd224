"""Makes a weekly series, moves one occurrence, deletes another, and looks at it through calendar views."""
import datetime

from common import account, at, main, utc
from exchangelib import CalendarItem
from exchangelib.recurrence import Recurrence, WeeklyPattern
from exchangelib.fields import MONDAY


def view(a, start, end):
    items = a.calendar.view(start=start, end=end).only("subject", "start", "end", "type", "is_recurring")
    return [[i.subject, utc(i.start), utc(i.end), i.type] for i in items]


def run():
    a = account()
    master = CalendarItem(
        account=a, folder=a.calendar, subject="Weekly", start=at(2026, 3, 16, 9), end=at(2026, 3, 16, 10),
        recurrence=Recurrence(pattern=WeeklyPattern(interval=1, weekdays=[MONDAY]), start=datetime.date(2026, 3, 16), number=5),
    ).save()
    third = master.occurrence(index=3)
    third.refresh()
    third.subject, third.start, third.end = "Weekly, moved", at(2026, 3, 31, 14), at(2026, 3, 31, 15)
    third.save(update_fields=["subject", "start", "end"])
    fourth = master.occurrence(index=4)
    fourth.refresh()
    fourth.delete()

    master.refresh()
    listed = a.calendar.filter(subject="Weekly").only("subject", "type", "recurrence")
    occurrence = next(i for i in a.calendar.view(start=at(2026, 3, 17), end=at(2026, 3, 28)))
    back = occurrence.recurring_master()
    back.refresh()
    try:
        gone = master.occurrence(index=4)
        gone.refresh()
        gone = "still there"
    except Exception as e:
        gone = type(e).__name__
    return {
        "view": view(a, at(2026, 3, 1), at(2026, 5, 1)),
        "part": view(a, at(2026, 3, 31), at(2026, 4, 1)),
        "limited": len(list(a.calendar.view(start=at(2026, 3, 1), end=at(2026, 5, 1), max_items=2))),
        "listed": [[i.subject, i.type, i.recurrence.boundary.number] for i in listed],
        "modified": [[utc(o.original_start), utc(o.start)] for o in master.modified_occurrences or []],
        "deleted": [utc(o.start) for o in master.deleted_occurrences or []],
        "first": utc(master.first_occurrence.start),
        "last": utc(master.last_occurrence.start),
        "master_type": master.type,
        "back_to_master": back.id == master.id and back.type,
        "gone": gone,
    }


main(run)
