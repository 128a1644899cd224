package ewssim

import (
	"lockstep/sync/exchange/ewssim/internal/recur"
	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

var responseOf = map[string]struct{ response, busy, code string }{
	"AcceptItem":            {"Accept", "Busy", "Accept"},
	"TentativelyAcceptItem": {"Tentative", "Tentative", "Tentative"},
	"DeclineItem":           {"Decline", "Free", "Decline"},
}

// respond answers a meeting, cancels it, or removes a cancelled one.
func (c *call) respond(n *xmlnode.Node) error {
	how := c.req.Attr("MessageDisposition")
	if how == "" {
		return problemf("ErrorMessageDispositionRequired", "MessageDisposition is required for response objects.")
	}
	ref := n.Kid("ReferenceItemId")
	if ref == nil {
		return invalid(n, "ReferenceItemId is missing")
	}
	if ref.Attr("ChangeKey") == "" {
		return problemf("ErrorChangeKeyRequired", "ReferenceItemId needs a change key.")
	}
	t, err := c.targetOf(ref, store.RightEdit)
	if err != nil {
		return err
	}
	if !t.item.IsCalendar() {
		return problemf("ErrorInvalidItemForOperation"+map[bool]string{true: "CancelItem", false: "AcceptItem"}[n.Name == "CancelCalendarItem"], "The item is not a calendar item.")
	}
	mail := how != "SaveOnly"
	switch n.Name {
	case "CancelCalendarItem":
		return c.cancel(t, mail)
	case "RemoveItem":
		if t.item.IsOrganizer() {
			return problemf("ErrorCalendarIsOrganizerForRemove", "The organiser cannot remove the meeting.")
		}
		return c.discard(t)
	}
	return c.reply(t, n.Name, mail)
}

func (c *call) reply(t target, name string, mail bool) error {
	r := responseOf[name]
	if t.item.IsOrganizer() {
		return problemf("ErrorCalendarIsOrganizerFor"+r.code, "The organiser cannot answer the own meeting.")
	}
	if t.item.State&4 != 0 {
		return problemf("ErrorCalendarIsCancelledFor"+r.code, "The meeting has been cancelled.")
	}
	if mail {
		c.srv.post(MailResponse, t.box.Primary, t.item.Organizer.Address, t.item.UID)
		c.srv.noteResponse(t.box, t.item, r.response)
	}
	if r.response == "Decline" {
		return c.discard(t)
	}
	if t.occ {
		e := c.srv.occurrence(t.item, t.day).Clone()
		over := map[string]bool{"MyResponseType": true, "LegacyFreeBusyStatus": true}
		for k := range e.Over {
			over[k] = true
		}
		e.Over, e.MyResponse, e.ReplyTime, e.FreeBusy = over, r.response, c.srv.now(), r.busy
		if t.item.Exceptions == nil {
			t.item.Exceptions = map[recur.Day]*store.Item{}
		}
		t.item.Exceptions[t.day] = e
	} else {
		t.item.MyResponse, t.item.ReplyTime, t.item.FreeBusy = r.response, c.srv.now(), r.busy
	}
	t.box.Changed(t.item, c.actor())
	if t.occ {
		changedException(t.item, t.day, nil)
	}
	c.srv.wrote("CreateItem", t.box)
	c.ok(func() { c.writeIDs(t) })
	return nil
}

// discard moves an entry to Deleted Items, or takes an occurrence out.
func (c *call) discard(t target) error {
	if t.occ {
		if err := dropOccurrence(t); err != nil {
			return err
		}
		t.box.Changed(t.item, c.actor())
	} else {
		t.box.Move(t.item, t.box.Well("deleteditems"), c.actor())
	}
	c.srv.wrote("CreateItem", t.box)
	c.ok(func() { c.writeIDs(target{box: t.box, item: t.item}) })
	return nil
}

func (c *call) cancel(t target, mail bool) error {
	if !t.item.IsOrganizer() {
		return problemf("ErrorCalendarIsNotOrganizer", "Only the organiser can cancel a meeting.")
	}
	if mail && t.item.IsMeeting() {
		c.srv.cancelled(t.box, t.item, !t.occ)
	}
	if !t.occ {
		t.item.State |= 4
	}
	return c.discard(t)
}
