"""Lists all series, with their exceptions, and what a calendar view shows of them."""
from common import account, at, main, utc


def rule(r):
    p, b = r.pattern, r.boundary
    show = lambda o, names: {n: str(getattr(o, n)) for n in names if getattr(o, n, None) not in (None, [])}
    return [
        type(p).__name__, show(p, ["interval", "weekdays", "weekday", "week_number", "day_of_month", "month", "first_day_of_week"]),
        type(b).__name__, show(b, ["start", "end", "number"]),
    ]


def run():
    a = account()
    masters = []
    for i in a.calendar.all().only("subject"):
        i.refresh()
        if i.type != "RecurringMaster":
            continue
        masters.append({
            "subject": i.subject, "start": utc(i.start), "end": utc(i.end), "rule": rule(i.recurrence),
            "modified": [[utc(o.original_start), utc(o.start), utc(o.end)] for o in i.modified_occurrences or []],
            "deleted": [utc(o.start) for o in i.deleted_occurrences or []],
        })
    view = a.calendar.view(start=at(2026, 3, 1), end=at(2026, 7, 1)).only("subject", "start", "end", "location", "type")
    return {
        "masters": sorted(masters, key=lambda m: m["subject"]),
        "view": sorted([i.subject, utc(i.start), utc(i.end), i.location or "", i.type] for i in view),
    }


main(run)
