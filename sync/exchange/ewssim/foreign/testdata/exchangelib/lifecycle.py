"""Creates, reads, changes and deletes entries, and follows all that with sync_items."""
import datetime

from common import FIELDS, account, at, main, show
from exchangelib import CalendarItem, HTMLBody
from exchangelib.errors import ErrorCannotDeleteObject, ErrorItemNotFound


def changes(a, state, **kwargs):
    found = []
    for kind, item in a.calendar.sync_items(sync_state=state, only_fields=["subject"], **kwargs):
        found.append([kind, item.id if kind == "delete" else item.subject])
    return found, a.calendar.item_sync_state


def run():
    a = account()
    fields = [f for f in FIELDS if f != "text_body" or a.version.build.major_version >= 15]  # older servers have none
    before, state = changes(a, None, max_changes_returned=512)

    single = CalendarItem(
        account=a, folder=a.calendar, subject="Kick-off & lunch <1>", location="Sali Ä", body="First line\nSecond line",
        start=at(2026, 3, 10, 9), end=at(2026, 3, 10, 10, 30), legacy_free_busy_status="OOF", sensitivity="Private",
    ).save()
    day = CalendarItem(
        account=a, folder=a.calendar, subject="Holiday", is_all_day=True, start=datetime.date(2026, 3, 12), end=datetime.date(2026, 3, 13),
    ).save()
    bulk = a.bulk_create(folder=a.calendar, items=[
        CalendarItem(subject=f"Bulk {n:03d}", body=HTMLBody("<p>Bulk</p>"), start=at(2026, 4, 1 + n % 28, 8), end=at(2026, 4, 1 + n % 28, 9))
        for n in range(120)
    ])
    created, state = changes(a, state, max_changes_returned=50)

    got = list(a.fetch([(single.id, single.changekey), (day.id, day.changekey)], only_fields=fields))
    first_key = single.changekey
    single.refresh()
    single.subject = "Kick-off"
    single.start, single.end = at(2026, 3, 11, 13), at(2026, 3, 11, 14)
    single.location = None
    single.save(update_fields=["subject", "start", "end", "location"])
    changed = a.calendar.get(id=single.id, changekey=single.changekey)
    updated, state = changes(a, state)

    gone = [bulk[0].id, bulk[1].id]
    removed = list(a.bulk_delete([(b.id, b.changekey) for b in bulk[:2]]))
    deleted, state = changes(a, state)
    idle, state = changes(a, state)
    try:
        missing = list(a.fetch([(gone[0], None), (day.id, None)], only_fields=["subject"]))
        missing = [type(m).__name__ for m in missing]
    except ErrorItemNotFound as e:
        missing = [type(e).__name__]
    try:
        day.move_to_trash()
    except ErrorCannotDeleteObject as e:  # what a delegate gets
        trash_error = type(e).__name__
    else:
        trash_error = ""
    trashed, state = changes(a, state)
    return {
        "before": len(before),
        "created": sorted(created),
        "got": [show(i) for i in got],
        "key_changed": first_key != single.changekey,
        "id_length": len(single.id),
        "changed": show(changed),
        "updated": updated,
        "removed": [r is True for r in removed],
        "deleted_are_the_removed": sorted(i for _, i in deleted) == sorted(gone) and {k for k, _ in deleted} == {"delete"},
        "idle": idle,
        "missing": missing,
        "trash_error": trash_error,
        "trashed": [k for k, _ in trashed],
        "in_trash": a.trash.filter(subject="Holiday").count(),
        "left": a.calendar.all().count(),
    }


main(run)
