"""Finds entries by a property of our own, and by others, in pages."""
from common import account, at, main
from exchangelib import CalendarItem, Q


def subjects(query):
    return sorted(query.values_list("subject", flat=True))


def run():
    a = account()
    a.bulk_create(folder=a.calendar, items=[
        CalendarItem(
            subject=f"Entry {n:02d}", start=at(2026, 5, 1 + n, 9), end=at(2026, 5, 1 + n, 10), stamp=f"activity;{n}", serial=n,
            categories=["Even" if n % 2 == 0 else "Odd", "All"],
        )
        for n in range(10)
    ])
    CalendarItem(account=a, folder=a.calendar, subject="Plain", start=at(2026, 5, 20, 9), end=at(2026, 5, 20, 10)).save()
    c = a.calendar
    one = c.get(stamp="activity;7")
    paged = c.all().order_by("-start")
    paged.page_size = 4
    one.stamp = None
    one.save(update_fields=["stamp"])
    return {
        "equal": [one.subject, one.serial],
        "erased": c.filter(stamp="activity;7").count(),
        "exists": c.filter(stamp__exists=True).count(),
        "greater": subjects(c.filter(serial__gt=6)),
        "between": subjects(c.filter(Q(serial__gte=2) & Q(serial__lt=4))),
        "either": subjects(c.filter(Q(stamp="activity;1") | Q(subject="Plain"))),
        "negated": subjects(c.filter(Q(serial__lt=9) & ~Q(serial__lt=8))),
        "starts_with": c.filter(subject__startswith="Entry 0").count(),
        "contains": c.filter(subject__icontains="LAIN").count(),
        "category": subjects(c.filter(categories__contains=["Even"])),
        "time": subjects(c.filter(start__gte=at(2026, 5, 10), start__lt=at(2026, 5, 21))),
        "paged": list(paged.values_list("subject", flat=True)),
    }


main(run)
