package ewssim

import (
	"strconv"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

// view is one item as it is shown: a stored one, or an occurrence of a series.
type view struct {
	c      *call
	w      *xmlnode.Writer
	sh     *shape
	box    *store.Mailbox
	item   *store.Item // what is shown
	stored *store.Item // what is stored: the item or its master
	occ    bool
	day    dayOf
}

// show writes an item's element.
func (c *call) show(t target, sh *shape) {
	v := &view{c: c, w: c.w, sh: sh, box: t.box, item: t.item, stored: t.item, occ: t.occ, day: t.day}
	if t.occ {
		v.item = c.srv.occurrence(t.item, t.day)
	}
	elem := "t:" + v.item.Elem
	c.w.Open(elem)
	class := c.srv.tables.classes[v.item.Elem]
	for i := range class.fields {
		f := &class.fields[i]
		switch {
		case f.name == "ItemId":
			v.id()
		case f.name == "ExtendedProperty":
			v.extended()
		case f.name == "MimeContent":
			if sh.full && (sh.mime || sh.uris["item:MimeContent"]) {
				v.mime()
			}
		case sh.base == "IdOnly" && sh.uris == nil && sh.dicts == nil:
		case sh.wants(f, c.schema):
			v.field(f)
		}
	}
	c.w.Close(elem)
}

func (v *view) id() {
	id := v.box.ItemID(v.stored.Serial)
	if v.occ {
		id = occurrenceID(v.box, v.stored, v.day)
	}
	key := v.c.srv.changeKey(target{box: v.box, item: v.stored, occ: v.occ, day: v.day})
	v.w.Empty("t:ItemId", "Id", id, "ChangeKey", key)
}

func (v *view) extended() {
	for i, k := range v.sh.extKeys {
		if vals, ok := extValue(v.item, k); ok {
			writeExt(v.w, v.sh.ext[i], vals)
		}
	}
}

// field writes one property. A property that the item does not have is left
// out.
func (v *view) field(f *field) {
	if strings.HasPrefix(f.uri, "calendar:") && v.calendarField(f.name) {
		return
	}
	if v.itemField(f.name) {
		return
	}
	if x, ok := v.item.Prop(f.name); ok {
		v.w.Raw(x)
	}
}

// text writes a string property; FindItem cuts long ones.
func (v *view) text(name, s string) {
	if s == "" {
		return
	}
	if !v.sh.full {
		s = cutText(s)
	}
	v.w.Text("t:"+name, s)
}

func (v *view) when(name string, t time.Time) {
	if !t.IsZero() {
		v.w.Text("t:"+name, v.c.timeIn(t, v.item.StartZone))
	}
}

// itemField writes the properties that all classes share; false when the name
// is not one of them.
func (v *view) itemField(name string) bool {
	it, w := v.item, v.w
	switch name {
	case "ParentFolderId":
		f := v.stored.Folder()
		w.Empty("t:ParentFolderId", "Id", v.box.FolderID(f.Serial), "ChangeKey", store.ChangeKey(v.box.GUID, true, f.CN))
	case "ItemClass":
		class := it.ItemClass
		if v.occ && v.isException() {
			class = "IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}"
		}
		v.text(name, class)
	case "Subject":
		v.text(name, it.Subject)
	case "Sensitivity":
		v.enum(name, it.Sensitivity, "Normal")
	case "Importance":
		v.enum(name, it.Importance, "Normal")
	case "Body", "UniqueBody", "NormalizedBody":
		v.body(name)
	case "TextBody":
		w.Text("t:TextBody", plain(it.Body), "BodyType", "Text")
	case "Preview":
		v.text(name, cutText(plain(it.Body)))
	case "Attachments":
		v.attachments()
	case "HasAttachments":
		w.Bool("t:"+name, len(it.Attachments) > 0)
	case "Categories":
		v.strings(name, it.Categories)
	case "Size":
		w.Int("t:"+name, 1024+len(it.Body.Text)+len(it.Subject)*2)
	case "DateTimeReceived", "DateTimeSent", "DateTimeCreated":
		v.when(name, it.Created)
	case "LastModifiedTime":
		v.when(name, it.Modified)
	case "LastModifiedName":
		v.text(name, it.ModifiedBy)
	case "ReminderIsSet":
		w.Bool("t:"+name, it.ReminderSet)
	case "ReminderMinutesBeforeStart":
		w.Int("t:"+name, it.ReminderMinutes)
	case "ReminderDueBy":
		if it.IsCalendar() {
			v.when(name, it.Start)
		}
	case "ReminderNextTime":
		if it.ReminderSet {
			v.when(name, it.Start.Add(-time.Duration(it.ReminderMinutes)*time.Minute))
		}
	default:
		return v.itemExtra(name)
	}
	return true
}

// itemExtra writes what the server makes up from the rest.
func (v *view) itemExtra(name string) bool {
	it, w := v.item, v.w
	switch name {
	case "IsSubmitted", "IsDraft", "IsFromMe", "IsResend":
		w.Bool("t:"+name, false)
	case "IsUnmodified":
		w.Bool("t:"+name, it.CN == it.CreatedCN)
	case "IsAssociated":
		w.Bool("t:"+name, it.Associated)
	case "DisplayCc":
		w.Text("t:"+name, names(it.Optional))
	case "DisplayTo":
		w.Text("t:"+name, names(it.Required))
	case "Culture":
		if _, ok := it.Prop(name); ok {
			return false
		}
		w.Text("t:"+name, "en-US")
	case "EffectiveRights":
		v.c.writeRights(v.c.right(v.stored.Folder()))
	case "ResponseObjects":
		v.responses()
	case "StoreEntryId", "InstanceKey":
		w.Text("t:"+name, v.box.ItemID(v.stored.Serial))
	case "InternetMessageHeaders":
	default:
		return false
	}
	return true
}

func names(as []store.Attendee) string {
	out := make([]string, len(as))
	for i, a := range as {
		out[i] = a.Name
	}
	return strings.Join(out, "; ")
}

func plain(b store.Body) string {
	if b.HTML {
		return textOf(b.Text)
	}
	return b.Text
}

func (v *view) enum(name, value, zero string) {
	if value == "" {
		value = zero
	}
	v.w.Text("t:"+name, value)
}

func (v *view) strings(name string, ss []string) {
	if len(ss) == 0 {
		return
	}
	v.w.Open("t:" + name)
	for _, s := range ss {
		v.w.Text("t:String", s)
	}
	v.w.Close("t:" + name)
}

// body writes the text in the form that the client asked for.
func (v *view) body(name string) {
	b := v.item.Body
	asHTML := b.HTML
	switch v.sh.bodyType {
	case "HTML":
		asHTML = true
	case "Text":
		asHTML = false
	}
	text, typ := b.Text, "Text"
	if asHTML {
		typ = "HTML"
		if !b.HTML && text != "" {
			text = htmlOf(text)
		}
	} else {
		text = plain(b)
	}
	attrs := []string{"BodyType", typ}
	if v.c.at(v2013) {
		attrs = append(attrs, "IsTruncated", "false")
	}
	v.w.Text("t:"+name, text, attrs...)
}

func (v *view) attachments() {
	if len(v.item.Attachments) == 0 {
		return
	}
	v.w.Open("t:Attachments")
	for _, a := range v.item.Attachments {
		elem := "t:FileAttachment"
		if a.Msg {
			elem = "t:ItemAttachment"
		}
		v.w.Open(elem)
		v.w.Empty("t:AttachmentId", "Id", v.box.ItemID(v.stored.Serial)+strconv.FormatUint(a.Serial, 10))
		v.w.Text("t:Name", a.Name)
		if a.Type != "" {
			v.w.Text("t:ContentType", a.Type)
		}
		if v.c.at(v2010) {
			v.w.Int("t:Size", len(a.Content))
			v.w.Bool("t:IsInline", a.Inline)
		}
		v.w.Close(elem)
	}
	v.w.Close("t:Attachments")
}

// responses lists what can be answered to a meeting.
func (v *view) responses() {
	it := v.item
	if !it.IsCalendar() {
		return
	}
	v.w.Open("t:ResponseObjects")
	switch {
	case it.IsMeeting() && !it.IsOrganizer() && it.State&4 != 0:
		v.w.Empty("t:RemoveItem")
	case it.IsMeeting() && !it.IsOrganizer():
		v.w.Empty("t:AcceptItem")
		v.w.Empty("t:TentativelyAcceptItem")
		v.w.Empty("t:DeclineItem")
	case it.IsMeeting():
		v.w.Empty("t:CancelCalendarItem")
	}
	v.w.Empty("t:ForwardItem")
	v.w.Close("t:ResponseObjects")
}
