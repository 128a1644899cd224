package model

import (
	"fmt"

	"lockstep/sync/localapi"
)

// Noticed says of a change who was told of it afterwards; empty: nobody.
func Noticed(c localapi.Change) string {
	switch {
	case c.Told > 0 && c.Doubt:
		return fmt.Sprintf("a mail to %s may have been sent by %s on %s; it is not sent again", people(c.Told), c.ToldBy, c.ToldAt.Local().Format("2006-01-02 15:04"))
	case c.Told > 0:
		return fmt.Sprintf("%s told by mail by %s on %s", people(c.Told), c.ToldBy, c.ToldAt.Local().Format("2006-01-02 15:04"))
	case c.Untold > 0:
		return people(c.Untold) + " outside the office not told"
	}
	return ""
}

// TellState is how far a notice is, in words.
func TellState(n localapi.Notice) string {
	switch n.State {
	case "open":
		return people(n.People) + " would be mailed"
	case "sent":
		return fmt.Sprintf("%s told by %s on %s", people(n.People), n.By, n.At.Local().Format("2006-01-02 15:04"))
	case "in_doubt":
		return "nobody knows whether the mail has left; it is not sent again"
	}
	return "changed again since: send the update of the newest change"
}

// TellWhat is what became of the meeting.
func TellWhat(n localapi.Notice) string {
	if n.Kind == "delete" {
		return "called off"
	}
	return "changed"
}
