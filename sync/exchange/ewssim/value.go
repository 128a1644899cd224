package ewssim

import (
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

// value is a property in a form that can be compared: one of text, number, time
// or a list of texts. The zero value is an absent property.
type value struct {
	ok   bool
	kind valueKind
	text string
	num  float64
	at   time.Time
	list []string
}

type valueKind int

const (
	isText valueKind = iota
	isNumber
	isTime
	isList
)

func textValue(s string) value    { return value{ok: s != "", kind: isText, text: s} }
func timeValue(t time.Time) value { return value{ok: !t.IsZero(), kind: isTime, at: t} }
func numValue(n int) value        { return value{ok: true, kind: isNumber, num: float64(n)} }

func boolValue(b bool) value {
	if b {
		return value{ok: true, kind: isText, text: "true"}
	}
	return value{ok: true, kind: isText, text: "false"}
}

// getter reads one property of an item.
type getter func(*store.Item) value

// getterOf resolves a path. Some properties cannot be searched.
func (c *call) getterOf(path *xmlnode.Node) (getter, error) {
	switch path.Name {
	case "ExtendedFieldURI":
		k, err := c.readExtKey(path)
		if err != nil {
			return nil, err
		}
		k = canonical(k)
		return func(it *store.Item) value { return extCompare(it, k) }, nil
	case "IndexedFieldURI":
		name := plural(path.Attr("FieldURI"))
		return func(it *store.Item) value { x, _ := it.Prop(name); return textValue(x) }, nil
	case "FieldURI":
		return c.fieldGetter(path)
	}
	return nil, invalid(path, "the element %q is not a property path", path.Name)
}

func extCompare(it *store.Item, k store.ExtKey) value {
	vals, ok := extValue(it, k)
	if !ok || len(vals) == 0 {
		return value{}
	}
	switch k.Type {
	case "Integer", "Long", "Short", "Double", "Float", "Currency":
		if n, err := parseInt(vals[0]); err == nil {
			return numValue(n)
		}
	case "SystemTime":
		if t, err := parseTime(vals[0], time.UTC); err == nil {
			return timeValue(t)
		}
	}
	if strings.HasSuffix(k.Type, "Array") {
		return value{ok: true, kind: isList, list: vals}
	}
	return value{ok: true, kind: isText, text: vals[0]}
}

var unsearchable = map[string]bool{
	"calendar:UID": true, "calendar:Recurrence": true, "calendar:RequiredAttendees": true, "calendar:OptionalAttendees": true,
	"calendar:Resources": true, "calendar:StartTimeZone": true, "calendar:EndTimeZone": true, "calendar:IsResponseRequested": true,
	"item:ReminderDueBy": true, "item:MimeContent": true, "item:Attachments": true, "calendar:ModifiedOccurrences": true,
	"calendar:DeletedOccurrences": true, "calendar:FirstOccurrence": true, "calendar:LastOccurrence": true,
}

func (c *call) fieldGetter(path *xmlnode.Node) (getter, error) {
	uri := path.Attr("FieldURI")
	if !c.srv.tables.known(uri, c.schema) {
		return nil, invalid(path, "FieldURI %q is not known to the requested version", uri)
	}
	if unsearchable[uri] {
		p := problemf("ErrorUnsupportedPathForQuery", "The property %s cannot be used with this query restriction.", uri)
		p.path = path
		return nil, p
	}
	if g := getters[uri]; g != nil {
		return g, nil
	}
	_, name, _ := strings.Cut(uri, ":")
	return func(it *store.Item) value {
		x, ok := it.Prop(name)
		if !ok {
			return value{}
		}
		n, err := xmlnode.Parse([]byte(x))
		if err != nil {
			return value{}
		}
		if t, err := time.Parse(time.RFC3339, n.Text); err == nil {
			return timeValue(t)
		}
		return value{ok: true, kind: isText, text: n.Text}
	}, nil
}

// getters read the properties that items keep in fields of their own.
var getters = map[string]getter{
	"item:Subject":   func(it *store.Item) value { return textValue(it.Subject) },
	"item:Body":      func(it *store.Item) value { return textValue(plain(it.Body)) },
	"item:ItemClass": func(it *store.Item) value { return textValue(it.ItemClass) },
	"item:Categories": func(it *store.Item) value {
		return value{len(it.Categories) > 0, isList, "", 0, time.Time{}, it.Categories}
	},
	"item:Sensitivity":              func(it *store.Item) value { return textValue(orDefault(it.Sensitivity, "Normal")) },
	"item:Importance":               func(it *store.Item) value { return textValue(orDefault(it.Importance, "Normal")) },
	"item:DateTimeCreated":          func(it *store.Item) value { return timeValue(it.Created) },
	"item:DateTimeReceived":         func(it *store.Item) value { return timeValue(it.Created) },
	"item:DateTimeSent":             func(it *store.Item) value { return timeValue(it.Created) },
	"item:LastModifiedTime":         func(it *store.Item) value { return timeValue(it.Modified) },
	"item:HasAttachments":           func(it *store.Item) value { return boolValue(len(it.Attachments) > 0) },
	"item:ReminderIsSet":            func(it *store.Item) value { return boolValue(it.ReminderSet) },
	"item:IsAssociated":             func(it *store.Item) value { return boolValue(it.Associated) },
	"item:Size":                     func(it *store.Item) value { return numValue(1024 + len(it.Body.Text) + len(it.Subject)*2) },
	"calendar:Start":                func(it *store.Item) value { return timeValue(it.Start) },
	"calendar:End":                  func(it *store.Item) value { return timeValue(it.End) },
	"calendar:Location":             func(it *store.Item) value { return textValue(it.Location) },
	"calendar:IsAllDayEvent":        func(it *store.Item) value { return boolValue(it.AllDay) },
	"calendar:IsMeeting":            func(it *store.Item) value { return boolValue(it.IsMeeting()) },
	"calendar:IsCancelled":          func(it *store.Item) value { return boolValue(it.State&4 != 0) },
	"calendar:IsRecurring":          func(it *store.Item) value { return boolValue(it.Rule != nil) },
	"calendar:MyResponseType":       func(it *store.Item) value { return textValue(orDefault(it.MyResponse, "Unknown")) },
	"calendar:Organizer":            func(it *store.Item) value { return textValue(it.Organizer.Name) },
	"calendar:AppointmentState":     func(it *store.Item) value { return numValue(it.State) },
	"calendar:LegacyFreeBusyStatus": func(it *store.Item) value { return textValue(orDefault(it.FreeBusy, "Busy")) },
	"calendar:CalendarItemType": func(it *store.Item) value {
		if it.Rule != nil {
			return textValue("RecurringMaster")
		}
		return textValue("Single")
	},
}

func orDefault(s, d string) string {
	if s == "" {
		return d
	}
	return s
}

// compare orders a property against a constant as the property's type says.
// ok is false when the constant does not fit.
func compare(v value, constant string) (int, bool) {
	switch v.kind {
	case isNumber:
		n, err := parseInt(constant)
		return cmpFloat(v.num, float64(n)), err == nil
	case isTime:
		t, err := parseTime(constant, time.UTC)
		if err != nil {
			d, derr := parseDate(constant)
			return v.at.Compare(d), derr == nil
		}
		return v.at.Truncate(time.Second).Compare(t), true
	case isList, isText:
	}
	if v.text == "true" || v.text == "false" {
		if b, err := parseBool(constant); err == nil {
			return strings.Compare(v.text, boolValue(b).text), true
		}
	}
	return strings.Compare(strings.ToLower(v.text), strings.ToLower(constant)), true
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// order sorts two values of one property; absent ones come first.
func order(a, b value) int {
	switch {
	case !a.ok || !b.ok:
		return cmpBool(a.ok, b.ok)
	case a.kind == isTime:
		return a.at.Compare(b.at)
	case a.kind == isNumber:
		return cmpFloat(a.num, b.num)
	}
	return strings.Compare(strings.ToLower(a.text), strings.ToLower(b.text))
}

func cmpBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
