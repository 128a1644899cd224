"""Subscribes, changes entries while the stream is open, and reports what it is told."""
from common import account, at, main
from exchangelib import CalendarItem


def run():
    a = account(connections=2)
    sub = a.calendar.subscribe_to_streaming()
    entry = CalendarItem(account=a, folder=a.calendar, subject="Watched", start=at(2026, 6, 1, 9), end=at(2026, 6, 1, 10)).save()
    writer = account(connections=2)  # the library shares connections between accounts: there must be one beside that of the stream
    kinds, ids, removed = [], set(), False
    for notification in a.calendar.get_streaming_events(sub, connection_timeout=1):
        for event in notification.events:
            kinds.append(type(event).__name__)
            if getattr(event, "item_id", None) is not None:
                ids.add(event.item_id.id)
        if "CreatedEvent" in kinds and not removed:
            removed = True
            writer.calendar.get(id=entry.id).delete()
        if "DeletedEvent" in kinds:
            break
    a.calendar.unsubscribe(sub)
    try:
        list(a.calendar.get_streaming_events(sub, connection_timeout=1))
        after = "still open"
    except Exception as e:
        after = type(e).__name__
    return {"subscription": len(sub) > 0, "kinds": sorted(set(kinds)), "about_the_entry": entry.id in ids, "after": after}


main(run)
