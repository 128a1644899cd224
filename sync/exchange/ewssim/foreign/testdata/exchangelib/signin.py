"""Signs in, with or without being told scheme and version, and looks at the calendar folder."""
from common import account, main


def run():
    a = account()
    calendar = a.calendar
    return {
        "auth": a.protocol.auth_type,
        "build": ".".join(str(n) for n in (a.version.build.major_version, a.version.build.minor_version)),
        "api_version": a.version.api_version,
        "folder": calendar.name,
        "count": calendar.total_count,
        "children": sorted(f.name for f in a.msg_folder_root.children if f.name in ("Inbox", "Calendar", "Contacts")),
    }


main(run)
