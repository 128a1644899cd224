package ewssim

import (
	"context"

	"lockstep/sync/exchange/ewssim/internal/recur"
	"lockstep/sync/exchange/ewssim/internal/store"
)

func deleteItem(_ context.Context, c *call) error {
	how := c.req.Attr("DeleteType")
	if how != "HardDelete" && how != "SoftDelete" && how != "MoveToDeletedItems" {
		return invalid(c.req, "DeleteType %q is not known", how)
	}
	send := c.req.Attr("SendMeetingCancellations")
	if send != "" && !sendOnCreate[send] {
		return invalid(c.req, "SendMeetingCancellations %q is not known", send)
	}
	return c.messages(func() error {
		for _, id := range c.req.Kid("ItemIds").All() {
			t, err := c.targetOf(id, store.RightEdit)
			if err == nil {
				err = c.deleteOne(t, how, send)
			}
			if err != nil {
				if err := c.fail(err, nil); err != nil {
					return err
				}
				continue
			}
			c.ok(nil)
		}
		return nil
	})
}

func (c *call) deleteOne(t target, how, send string) error {
	if t.item.IsCalendar() && send == "" {
		return problemf("ErrorSendMeetingCancellationsRequired", "SendMeetingCancellations is required for calendar items.")
	}
	if t.item.Elem == "Task" && c.req.Attr("AffectedTaskOccurrences") == "" {
		return problemf("ErrorAffectedTaskOccurrencesRequired", "AffectedTaskOccurrences is required for tasks.")
	}
	if how == "MoveToDeletedItems" && c.user != t.box && !t.box.Owns(c.account) && !c.srv.opts.Switches.DelegateMayTrash {
		return problemf("ErrorCannotDeleteObject", "The item could not be deleted.")
	}
	mail := send != "" && send != "SendToNone" && t.item.IsMeeting()
	if t.occ {
		if err := dropOccurrence(t); err != nil {
			return err
		}
		t.box.Changed(t.item, c.actor())
		c.srv.wroteItem("DeleteItem", t.box, t.item)
		if mail {
			c.srv.cancelled(t.box, t.item, false)
		}
		return nil
	}
	if mail {
		c.srv.cancelled(t.box, t.item, true)
	}
	trash := t.box.Well("deleteditems")
	switch {
	case how == "HardDelete" || (how == "MoveToDeletedItems" && t.item.Folder() == trash):
		t.box.Remove(t.item)
	case how == "SoftDelete":
		t.box.Move(t.item, t.box.Well("recoverableitemsdeletions"), c.actor())
	default:
		t.box.Move(t.item, trash, c.actor())
	}
	c.srv.wroteItem("DeleteItem", t.box, t.item)
	return nil
}

// dropOccurrence takes one occurrence out of a series; the last one cannot be.
func dropOccurrence(t target) error {
	left := 0
	for _, d := range t.item.Rule.All() {
		if !t.item.Deleted[d] {
			if left++; left > 1 {
				break
			}
		}
	}
	if left <= 1 {
		return problemf("ErrorRecurrenceHasNoOccurrence", "The series would have no occurrence left.")
	}
	if t.item.Deleted == nil {
		t.item.Deleted = map[recur.Day]bool{}
	}
	t.item.Deleted[t.day] = true
	delete(t.item.Exceptions, t.day)
	return nil
}
