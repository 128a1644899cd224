package ewssim

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim/internal/store"
)

// extValue returns an extended property of an item: a stored one, or one that
// the server computes from the item's own fields (MS-OXPROPS names them).
// The key must be canonical.
func extValue(it *store.Item, k store.ExtKey) ([]string, bool) {
	if e, ok := it.GetExt(k); ok {
		return e.Values, true
	}
	one := func(v string) ([]string, bool) { return []string{v}, true }
	utc := func(t time.Time) ([]string, bool) { return one(t.UTC().Format(time.RFC3339)) }
	switch k.Tag {
	case "0xe23": // PidTagInternetArticleNumber
		return one(strconv.FormatUint(it.Serial, 10))
	case "0x3007":
		return utc(it.Created)
	case "0x3008":
		return utc(it.Modified)
	case "0x3001", "0x37", "0xe1d":
		return one(it.Subject)
	case "0x1000":
		if it.Body.HTML {
			return one(textOf(it.Body.Text))
		}
		return one(it.Body.Text)
	case "0x1a":
		return one(it.ItemClass)
	case "0x36":
		return one(strconv.Itoa(sensitivityNumber(it.Sensitivity)))
	case "0x17":
		return one(strconv.Itoa(importanceNumber(it.Importance)))
	}
	if !it.IsCalendar() {
		return nil, false
	}
	return calendarExt(it, k)
}

// sameField names the field that a property is only another name for, "" for
// none: writing one writes the other.
func sameField(k store.ExtKey) string {
	switch {
	case k.Type != "String":
		return ""
	case k.Tag == "0x37":
		return "Subject"
	case k.Tag == "0x1000":
		return "Body"
	}
	return ""
}

func calendarExt(it *store.Item, k store.ExtKey) ([]string, bool) {
	one := func(v string) ([]string, bool) { return []string{v}, true }
	id, _ := strconv.ParseInt(k.PropID, 0, 32)
	switch {
	case k.SetID == setGUIDs["Meeting"] && (id == 0x3 || id == 0x23):
		return one(base64.StdEncoding.EncodeToString(globalID(it.UID)))
	case k.SetID == setGUIDs["Appointment"] && id == 0x8223:
		return one(strconv.FormatBool(it.Rule != nil))
	case k.SetID == setGUIDs["Appointment"] && id == 0x8217:
		return one(strconv.Itoa(it.State))
	case k.SetID == setGUIDs["Appointment"] && id == 0x8234:
		return one(it.StartZone)
	case k.SetID == setGUIDs["Appointment"] && id == 0x8215:
		return one(strconv.FormatBool(it.AllDay))
	case k.SetID == setGUIDs["Appointment"] && id == 0x8208:
		return one(it.Location)
	case k.SetID == setGUIDs["Common"] && id == 0x8506:
		return one(strconv.FormatBool(it.Sensitivity != "" && it.Sensitivity != "Normal"))
	case k.SetID == setGUIDs["PublicStrings"] && strings.HasSuffix(k.Name, "calendar:instancetype"):
		if it.Rule != nil {
			return one("1")
		}
		return one("0")
	case k.SetID == setGUIDs["PublicStrings"] && strings.HasSuffix(k.Name, "calendar:uid"):
		return one(it.UID)
	}
	return nil, false
}

func sensitivityNumber(s string) int {
	return map[string]int{"Personal": 1, "Private": 2, "Confidential": 3}[s]
}

func importanceNumber(s string) int {
	if n, ok := map[string]int{"Low": 0, "High": 2}[s]; ok {
		return n
	}
	return 1
}

var globalIDHeader = []byte{0x04, 0, 0, 0, 0x82, 0, 0xE0, 0, 0x74, 0xC5, 0xB7, 0x10, 0x1A, 0x82, 0xE0, 0x08}

// newUID makes a UID as Exchange does: the clean global object id in upper-case
// hex (MS-OXOCAL, PidLidCleanGlobalObjectId).
func (s *Server) newUID() string {
	data := s.store.Unique()
	b := append([]byte{}, globalIDHeader...)
	b = append(b, 0, 0, 0, 0)
	const ticksTo1970 = 116444736000000000
	b = binary.LittleEndian.AppendUint64(b, uint64(s.now().UnixNano()/100+ticksTo1970))
	b = append(b, make([]byte, 8)...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = append(b, data[:]...)
	return strings.ToUpper(hex.EncodeToString(b))
}

// globalID is the clean global object id of a UID. Foreign UIDs are wrapped.
func globalID(uid string) []byte {
	if b, err := hex.DecodeString(uid); err == nil && len(b) > 40 && string(b[:16]) == string(globalIDHeader) {
		return b
	}
	data := append([]byte("vCal-Uid\x01\x00\x00\x00"), uid...)
	data = append(data, 0)
	b := append([]byte{}, globalIDHeader...)
	b = append(b, make([]byte, 20)...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data))) //nolint:gosec // a UID in a request is far shorter
	return append(b, data...)
}
