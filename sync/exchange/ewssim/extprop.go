package ewssim

import (
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

var guidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// setGUIDs are the property sets of MS-OXPROPS under their distinguished names.
var setGUIDs = map[string]string{
	"Meeting": "6ed8da90-450b-101b-98da-00aa003f1305", "Appointment": "00062002-0000-0000-c000-000000000046",
	"Common": "00062008-0000-0000-c000-000000000046", "PublicStrings": "00020329-0000-0000-c000-000000000046",
	"Address": "00062004-0000-0000-c000-000000000046", "InternetHeaders": "00020386-0000-0000-c000-000000000046",
	"CalendarAssistant": "11000e07-b51b-40d6-af21-caa85edab1d0", "UnifiedMessaging": "4442858e-a9e3-4e80-b900-317a210cc15b",
	"Task": "00062003-0000-0000-c000-000000000046", "Sharing": "00062040-0000-0000-c000-000000000046",
}

var extTypes = map[string]bool{
	"ApplicationTime": true, "Binary": true, "Boolean": true, "CLSID": true, "Currency": true, "Double": true, "Float": true,
	"Integer": true, "Long": true, "Short": true, "SystemTime": true, "String": true,
}

// readExtKey reads the name of an extended property and refuses combinations of
// attributes that name nothing.
func (c *call) readExtKey(n *xmlnode.Node) (store.ExtKey, error) {
	k := store.ExtKey{
		DistinguishedSet: n.Attr("DistinguishedPropertySetId"), SetID: n.Attr("PropertySetId"), Tag: n.Attr("PropertyTag"),
		Name: n.Attr("PropertyName"), PropID: n.Attr("PropertyId"), Type: n.Attr("PropertyType"),
	}
	bad := func(why string) (store.ExtKey, error) {
		p := problemf("ErrorInvalidExtendedProperty", "The extended property attribute combination is invalid: %s.", why)
		p.path = n
		return k, p
	}
	if !extTypes[strings.TrimSuffix(k.Type, "Array")] {
		return k, invalid(n, "PropertyType %q is not known", k.Type)
	}
	sets := 0
	for _, s := range []string{k.DistinguishedSet, k.SetID, k.Tag} {
		if s != "" {
			sets++
		}
	}
	switch {
	case sets != 1:
		return bad("exactly one of DistinguishedPropertySetId, PropertySetId and PropertyTag is needed")
	case k.Tag != "" && (k.Name != "" || k.PropID != ""):
		return bad("PropertyTag stands alone")
	case k.Tag == "" && (k.Name == "") == (k.PropID == ""):
		return bad("a property set needs exactly one of PropertyName and PropertyId")
	case k.SetID != "" && !guidPattern.MatchString(k.SetID):
		return k, invalid(n, "PropertySetId %q is not a guid", k.SetID)
	case k.DistinguishedSet != "" && setGUIDs[k.DistinguishedSet] == "":
		return k, invalid(n, "DistinguishedPropertySetId %q is not known", k.DistinguishedSet)
	}
	if k.Tag != "" {
		v, err := strconv.ParseUint(k.Tag, 0, 16)
		if err != nil {
			return k, invalid(n, "PropertyTag %q is not a number", k.Tag)
		}
		if v >= 0x8000 {
			p := problemf("ErrorNoPropertyTagForCustomProperties", "Custom properties have no tag.")
			p.path = n
			return k, p
		}
	}
	return k, nil
}

// canonical is the key under which a property is the same whatever way a client
// chose to name it.
func canonical(k store.ExtKey) store.ExtKey {
	c := store.ExtKey{SetID: strings.ToLower(k.SetID), Name: k.Name, PropID: k.PropID, Type: k.Type}
	if k.DistinguishedSet != "" {
		c.SetID = setGUIDs[k.DistinguishedSet]
	}
	if k.Tag != "" {
		if v, err := strconv.ParseUint(k.Tag, 0, 16); err == nil {
			c.Tag = "0x" + strconv.FormatUint(v, 16)
		}
	}
	if v, err := strconv.ParseInt(k.PropID, 0, 64); err == nil {
		c.PropID = strconv.FormatInt(v, 10)
	}
	return c
}

// readExt reads an ExtendedProperty with its value.
func (c *call) readExt(n *xmlnode.Node) (store.Ext, error) {
	path := n.Kid("ExtendedFieldURI")
	if path == nil {
		return store.Ext{}, invalid(n, "ExtendedProperty names no property")
	}
	k, err := c.readExtKey(path)
	if err != nil {
		return store.Ext{}, err
	}
	e := store.Ext{Key: canonical(k)}
	array := strings.HasSuffix(k.Type, "Array")
	if array {
		for _, v := range n.Kid("Values").All() {
			e.Values = append(e.Values, v.Text)
		}
	} else if v := n.Kid("Value"); v != nil {
		e.Values = []string{v.Text}
	}
	if len(e.Values) == 0 {
		return e, badExtValue(path, "it has none")
	}
	for i, v := range e.Values {
		v, ok := c.checkExtValue(strings.TrimSuffix(k.Type, "Array"), v)
		if !ok {
			return e, badExtValue(path, "it does not fit the type "+k.Type)
		}
		e.Values[i] = v
	}
	return e, nil
}

func badExtValue(path *xmlnode.Node, why string) *problemError {
	p := problemf("ErrorInvalidExtendedPropertyValue", "The extended property value is invalid: %s.", why)
	p.path = path
	return p
}

func (c *call) checkExtValue(typ, v string) (string, bool) {
	switch typ {
	case "Integer", "Long", "Short", "Currency":
		_, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		return strings.TrimSpace(v), err == nil
	case "Double", "Float", "ApplicationTime":
		_, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return v, err == nil
	case "Boolean":
		b, err := parseBool(v)
		return strconv.FormatBool(b), err == nil
	case "Binary":
		_, err := base64.StdEncoding.DecodeString(strings.TrimSpace(v))
		return strings.TrimSpace(v), err == nil
	case "SystemTime":
		t, err := parseTime(v, time.UTC)
		return t.Format(time.RFC3339), err == nil
	case "CLSID":
		return v, guidPattern.MatchString(v)
	}
	return v, true
}

// writeExt writes a property under the name that the client used for it.
func writeExt(w *xmlnode.Writer, asked store.ExtKey, values []string) {
	w.Open("t:ExtendedProperty")
	writeExtKey(w, asked)
	switch {
	case len(values) == 0:
		// A property without a value: the schema wants one, servers in the
		// field leave it out all the same.
	case strings.HasSuffix(asked.Type, "Array"):
		w.Open("t:Values")
		for _, v := range values {
			w.Text("t:Value", v)
		}
		w.Close("t:Values")
	default:
		w.Text("t:Value", values[0])
	}
	w.Close("t:ExtendedProperty")
}

func writeExtKey(w *xmlnode.Writer, k store.ExtKey) {
	var attrs []string
	for _, a := range [...][2]string{
		{"DistinguishedPropertySetId", k.DistinguishedSet},
		{"PropertySetId", k.SetID},
		{"PropertyTag", k.Tag},
		{"PropertyName", k.Name},
		{"PropertyId", k.PropID},
		{"PropertyType", k.Type},
	} {
		if a[1] != "" {
			attrs = append(attrs, a[0], a[1])
		}
	}
	w.Empty("t:ExtendedFieldURI", attrs...)
}
