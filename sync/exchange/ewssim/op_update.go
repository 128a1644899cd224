package ewssim

import (
	"context"
	"slices"
	"strings"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

var sendOnUpdate = map[string]bool{
	"SendToNone": true, "SendOnlyToAll": true, "SendOnlyToChanged": true, "SendToAllAndSaveCopy": true, "SendToChangedAndSaveCopy": true,
}

func updateItem(_ context.Context, c *call) error {
	mode := c.req.Attr("ConflictResolution")
	if mode != "NeverOverwrite" && mode != "AutoResolve" && mode != "AlwaysOverwrite" {
		return invalid(c.req, "ConflictResolution %q is not known", mode)
	}
	send := c.req.Attr("SendMeetingInvitationsOrCancellations")
	if send != "" && !sendOnUpdate[send] {
		return invalid(c.req, "SendMeetingInvitationsOrCancellations %q is not known", send)
	}
	changes := c.req.Kid("ItemChanges")
	if len(changes.All()) == 0 {
		return invalid(c.req, "ItemChanges is missing or empty")
	}
	return c.messages(func() error {
		for _, n := range changes.Kids {
			if err := c.updateOne(n, mode, send); err != nil {
				if err := c.fail(err, func() {
					c.emptyItems()
				}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (c *call) updateOne(n *xmlnode.Node, mode, send string) error {
	t, err := c.targetOf(orEmpty(n.First()), store.RightEdit)
	if err != nil {
		return err
	}
	if t.item.IsCalendar() && send == "" {
		return problemf("ErrorSendMeetingInvitationsOrCancellationsRequired", "SendMeetingInvitationsOrCancellations is required for calendar items.")
	}
	d, before := c.editOf(t)
	for _, u := range n.Kid("Updates").All() {
		if err := d.update(u); err != nil {
			return err
		}
	}
	if err := c.checkConflict(t, mode, d.touch); err != nil {
		return err
	}
	if err := d.settle(); err != nil {
		return err
	}
	if t.occ {
		if err := c.storeException(t, d); err != nil {
			return err
		}
	} else {
		keep(t.item, d.it)
	}
	t.box.Changed(t.item, c.actor())
	if t.occ {
		changedException(t.item, t.day, d.touch)
	} else {
		markFields(t.item, d.touch)
	}
	c.srv.wroteItem("UpdateItem", t.box, t.item)
	c.notifyUpdate(t, before, d, send)
	c.ok(func() {
		c.writeIDs(t)
		c.w.Open("m:ConflictResults")
		c.w.Int("t:Count", 0)
		c.w.Close("m:ConflictResults")
	})
	return nil
}

func orEmpty(n *xmlnode.Node) *xmlnode.Node {
	if n == nil {
		return &xmlnode.Node{}
	}
	return n
}

// editOf returns a draft over a copy, so that a refused update leaves nothing
// behind, and the state before it.
func (c *call) editOf(t target) (*draft, *store.Item) {
	src := t.item
	if t.occ {
		src = c.srv.occurrence(t.item, t.day)
	}
	return c.newDraft(t.box, src.Clone(), false), src.Clone()
}

// keep takes an edited copy over into the stored item.
func keep(stored, edited *store.Item) {
	stored.Assign(edited)
}

func markFields(it *store.Item, touch map[string]bool) {
	if it.FieldCN == nil {
		it.FieldCN = make(map[string]uint64, len(touch))
	}
	for name := range touch {
		it.FieldCN[name] = it.CN
	}
}

// checkConflict compares the client's change key. AutoResolve merges property
// by property and gives up only where the same one was changed.
func (c *call) checkConflict(t target, mode string, touch map[string]bool) error {
	if mode == "AlwaysOverwrite" {
		return nil
	}
	if t.key == "" {
		return problemf("ErrorChangeKeyRequiredForWriteOperations", "A change key is required for this operation.")
	}
	cn, err := store.ParseChangeKey(t.key)
	if err != nil {
		return problemf("ErrorInvalidChangeKey", "The change key is invalid.")
	}
	now, fields := c.srv.state(t)
	if cn == now {
		return nil
	}
	conflict := problemf("ErrorIrresolvableConflict", "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.")
	if mode == "NeverOverwrite" || cn > now {
		return conflict
	}
	for name := range touch {
		if fields[name] > cn {
			return conflict
		}
	}
	return nil
}

// update applies one SetItemField, AppendToItemField or DeleteItemField.
func (d *draft) update(u *xmlnode.Node) error {
	path := u.First()
	if path == nil {
		return invalid(u, "%s names no property", u.Name)
	}
	if u.Name == "DeleteItemField" {
		return d.deletePath(path)
	}
	if u.Name != "SetItemField" && u.Name != "AppendToItemField" {
		return invalid(u, "the element %q is not an update", u.Name)
	}
	if len(u.Kids) != 2 {
		return invalid(u, "%s needs a path and an item", u.Name)
	}
	obj := u.Kids[1]
	if obj.Name != d.it.Elem && obj.Name != "Item" {
		return problemf("ErrorUpdatePropertyMismatch", "The update is for a %s, the item is a %s.", obj.Name, d.it.Elem)
	}
	if len(obj.Kids) != 1 {
		return problemf("ErrorIncorrectUpdatePropertyCount", "An object within a change description must contain one and only one property to modify.")
	}
	prop := obj.Kids[0]
	if err := d.matches(path, prop); err != nil {
		return err
	}
	switch {
	case u.Name == "AppendToItemField":
		return d.append(prop)
	case path.Name == "IndexedFieldURI":
		return d.setIndexed(prop)
	}
	return d.set(prop)
}

// matches checks that the path names the property that is given.
func (d *draft) matches(path, prop *xmlnode.Node) error {
	mismatch := problemf("ErrorUpdatePropertyMismatch", "The property in the object does not match the property path.")
	switch path.Name {
	case "FieldURI":
		uri := path.Attr("FieldURI")
		if !d.c.srv.tables.known(uri, d.c.schema) {
			return invalid(path, "FieldURI %q is not known to the requested version", uri)
		}
		if _, name, _ := strings.Cut(uri, ":"); name != prop.Name {
			return mismatch
		}
	case "ExtendedFieldURI":
		k, err := d.c.readExtKey(path)
		if err != nil {
			return err
		}
		if prop.Name != "ExtendedProperty" || prop.Kid("ExtendedFieldURI") == nil {
			return mismatch
		}
		k2, err := d.c.readExtKey(prop.Kid("ExtendedFieldURI"))
		if err != nil {
			return err
		}
		if canonical(k) != canonical(k2) {
			return mismatch
		}
	case "IndexedFieldURI":
		if plural(path.Attr("FieldURI")) != prop.Name {
			return mismatch
		}
	default:
		return invalid(path, "the element %q is not a property path", path.Name)
	}
	return nil
}

func (d *draft) deletePath(path *xmlnode.Node) error {
	switch path.Name {
	case "ExtendedFieldURI":
		k, err := d.c.readExtKey(path)
		if err != nil {
			return err
		}
		if name := sameField(canonical(k)); name != "" {
			return d.remove(name)
		}
		d.it.DeleteExt(canonical(k))
		d.touch["ExtendedProperty"] = true
		return nil
	case "IndexedFieldURI":
		return d.deleteIndexed(path)
	}
	uri := path.Attr("FieldURI")
	class := d.c.srv.tables.classes[d.it.Elem]
	i, ok := class.byURI[uri]
	if !ok {
		return invalid(path, "FieldURI %q is not a property of %s", uri, d.it.Elem)
	}
	if class.fields[i].readOnly {
		return problemf("ErrorInvalidPropertyDelete", "Delete action is not supported for the property %s.", uri)
	}
	return d.remove(class.fields[i].name)
}

// setIndexed puts entries into a dictionary and leaves the others.
func (d *draft) setIndexed(prop *xmlnode.Node) error {
	old := d.dictionary(prop.Name)
	for _, e := range prop.Kids {
		i := slices.IndexFunc(old.Kids, func(o *xmlnode.Node) bool { return o.Attr("Key") == e.Attr("Key") })
		if i >= 0 {
			old.Kids[i] = e
		} else {
			old.Kids = append(old.Kids, e)
		}
	}
	return d.set(old)
}

func (d *draft) deleteIndexed(path *xmlnode.Node) error {
	name := plural(path.Attr("FieldURI"))
	old := d.dictionary(name)
	old.Kids = slices.DeleteFunc(old.Kids, func(o *xmlnode.Node) bool { return o.Attr("Key") == path.Attr("FieldIndex") })
	if len(old.Kids) == 0 {
		d.it.SetProp(name, "")
		d.touch[name] = true
		return nil
	}
	return d.set(old)
}

func (d *draft) dictionary(name string) *xmlnode.Node {
	if x, ok := d.it.Prop(name); ok {
		if n, err := xmlnode.Parse([]byte(x)); err == nil {
			return n
		}
	}
	return &xmlnode.Node{Space: xmlnode.Types, Name: name}
}

// notifyUpdate mails who has to hear of an update.
func (c *call) notifyUpdate(t target, before *store.Item, d *draft, send string) {
	if send == "" || send == "SendToNone" || !d.it.IsMeeting() || !t.item.IsOrganizer() {
		return
	}
	to := d.it.Attendees()
	if strings.Contains(send, "Changed") {
		to = added(before.Attendees(), to)
	}
	gone := added(d.it.Attendees(), before.Attendees())
	kind := MailUpdate
	if !t.item.RequestSent {
		kind = MailRequest
	}
	t.item.RequestSent = true
	if d.touch["Start"] || d.touch["End"] || d.touch["Location"] || d.touch["Recurrence"] {
		t.item.Sequence++
	}
	if t.occ {
		c.srv.inviteOnce(t, kind, to)
		c.srv.uninviteOnce(t, gone)
		return
	}
	c.srv.invite(t.box, t.item, kind, to)
	c.srv.uninvite(t.box, t.item, gone)
}

// added returns who is in now and was not before.
func added(before, now []store.Attendee) []store.Attendee {
	return slices.DeleteFunc(slices.Clone(now), func(a store.Attendee) bool {
		return slices.ContainsFunc(before, func(b store.Attendee) bool { return equalFold(a.Address, b.Address) })
	})
}
