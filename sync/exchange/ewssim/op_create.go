package ewssim

import (
	"context"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

var sendOnCreate = map[string]bool{"SendToNone": true, "SendOnlyToAll": true, "SendToAllAndSaveCopy": true}

func createItem(_ context.Context, c *call) error {
	send := c.req.Attr("SendMeetingInvitations")
	if send != "" && !sendOnCreate[send] {
		return invalid(c.req, "SendMeetingInvitations %q is not known", send)
	}
	items := c.req.Kid("Items")
	if len(items.All()) == 0 {
		return invalid(c.req, "Items is missing or empty")
	}
	for _, n := range items.Kids {
		if err := c.checkOrder(n); err != nil {
			return err
		}
	}
	return c.messages(func() error {
		for _, n := range items.Kids {
			if err := c.createAny(n, send); err != nil {
				if err := c.fail(err, c.emptyItems); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (c *call) createAny(n *xmlnode.Node, send string) error {
	switch n.Name {
	case "AcceptItem", "TentativelyAcceptItem", "DeclineItem", "CancelCalendarItem", "RemoveItem":
		return c.respond(n)
	case "CalendarItem", "Contact", "Task", "Message", "PostItem", "DistributionList", "Item":
		return c.createStored(n, send)
	}
	return problemf("ErrorInvalidItemForOperationCreateItem", "An item of type %s cannot be created.", n.Name)
}

// checkOrder enforces the schema's sequence of an item's properties.
func (c *call) checkOrder(n *xmlnode.Node) error {
	class := c.srv.tables.classes[n.Name]
	if class == nil {
		return nil
	}
	last := -1
	for _, k := range n.Kids {
		i, ok := class.byName[k.Name]
		if !ok || k.Space != xmlnode.Types {
			return invalid(k, "The element '%s' in namespace '%s' has invalid child element '%s'.", n.Name, n.Space, k.Name)
		}
		if i < last || (i == last && k.Name != "ExtendedProperty") {
			return invalid(k, "The element '%s' has invalid child element '%s': it is out of order.", n.Name, k.Name)
		}
		last = i
	}
	return nil
}

var homeOf = map[string]string{"CalendarItem": "calendar", "Contact": "contacts", "DistributionList": "contacts", "Task": "tasks", "Message": "drafts", "Item": "drafts", "PostItem": "inbox"}

// folderForNew finds where a new item goes.
func (c *call) folderForNew(n *xmlnode.Node) (*store.Folder, error) {
	id := c.req.Path("SavedItemFolderId").First()
	if id == nil && n.Name == "Message" && c.req.Attr("MessageDisposition") == "SendAndSaveCopy" {
		id = &xmlnode.Node{Name: "DistinguishedFolderId", Attrs: []xmlnode.Attr{{Name: "Id", Value: "sentitems"}}}
	}
	if id == nil {
		id = &xmlnode.Node{Name: "DistinguishedFolderId", Attrs: []xmlnode.Attr{{Name: "Id", Value: homeOf[n.Name]}}}
	}
	f, err := c.folderOf(id, store.RightCreate)
	if err != nil {
		return nil, err
	}
	elem := folderElem(f)
	switch {
	case n.Name == "CalendarItem" && elem != "t:CalendarFolder" && f.Well != "deleteditems":
		return nil, problemf("ErrorCannotCreateCalendarItemInNonCalendarFolder", "Cannot create a calendar item in a folder that is not a calendar folder.")
	case n.Name == "Contact" && elem != "t:ContactsFolder":
		return nil, problemf("ErrorCannotCreateContactInNonContactFolder", "Cannot create a contact in a folder that is not a contacts folder.")
	case n.Name == "Task" && elem != "t:TasksFolder":
		return nil, problemf("ErrorCannotCreateTaskInNonTaskFolder", "Cannot create a task in a folder that is not a tasks folder.")
	}
	if m := f.Box(); m.Quota > 0 && m.Used() >= m.Quota {
		return nil, problemf("ErrorQuotaExceeded", "The user's mailbox quota has been exceeded.")
	}
	return f, nil
}

func (c *call) createStored(n *xmlnode.Node, send string) error {
	if n.Name == "CalendarItem" && send == "" {
		return problemf("ErrorSendMeetingInvitationsRequired", "SendMeetingInvitations is required for calendar items.")
	}
	how := c.req.Attr("MessageDisposition")
	if n.Name == "Message" && how == "" {
		return problemf("ErrorMessageDispositionRequired", "MessageDisposition is required for messages.")
	}
	f, err := c.folderForNew(n)
	if err != nil {
		return err
	}
	it := &store.Item{Elem: n.Name}
	d := c.newDraft(f.Box(), it, true)
	for _, k := range n.Kids {
		if k.Name == "IsAssociated" {
			if !c.at(v2010) {
				return invalid(k, "The element '%s' has invalid child element 'IsAssociated'.", n.Name)
			}
			if err := boolInto(k, &it.Associated); err != nil {
				return err
			}
			continue
		}
		if err := d.set(k); err != nil {
			return err
		}
	}
	if err := d.settle(); err != nil {
		return err
	}
	if err := c.checkSize(it); err != nil {
		return err
	}
	if n.Name == "Message" && how != "SaveOnly" {
		c.srv.sendMessage(f.Box(), it, n)
	}
	if n.Name == "Message" && how == "SendOnly" {
		c.ok(c.emptyItems)
		return nil
	}
	f.Box().Add(f, it, c.actor())
	c.srv.wroteItem("CreateItem", f.Box(), it)
	if send != "" && send != "SendToNone" && it.IsMeeting() {
		it.RequestSent = true
		c.srv.invite(f.Box(), it, MailRequest, it.Attendees())
	}
	c.ok(func() { c.writeIDs(target{box: f.Box(), item: it}) })
	return nil
}

// actor is the display name of who changes things.
func (c *call) actor() string {
	if c.user != nil {
		return c.user.Name
	}
	return c.account
}

const maxItemSize = 36 << 20

func (c *call) checkSize(it *store.Item) error {
	if len(it.Body.Text) > maxItemSize {
		return problemf("ErrorMessageSizeExceeded", "The item is larger than the server allows.")
	}
	return nil
}

// writeIDs answers a write with nothing but the ids.
func (c *call) writeIDs(t target) {
	c.w.Open("m:Items")
	c.show(t, &shape{base: "IdOnly"})
	c.w.Close("m:Items")
}
