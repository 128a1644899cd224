package exchange

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"lockstep/sync/exchange/ews"
)

// canonicalUID is the one form of a meeting's identity: that of its
// CleanGlobalObjectId, which all copies and all occurrences share. Outlook's
// own are hexadecimal digits; what another program chose is its text
// ([MS-OXCICAL] 2.1.3.1.1.20.26).
func canonicalUID(uid string) string {
	uid = strings.TrimSpace(ews.CleanText(uid))
	if uid == "" {
		return ""
	}
	raw, err := base64.StdEncoding.DecodeString(ews.UIDValue(uid))
	if err != nil {
		return uid
	}
	const (
		head    = 40 // bytes before the data
		foreign = "vCal-Uid\x01\x00\x00\x00"
	)
	if len(raw) >= head && strings.HasPrefix(string(raw[head:]), foreign) {
		return strings.TrimSpace(strings.TrimRight(string(raw[head+len(foreign):]), "\x00"))
	}
	return strings.ToUpper(hex.EncodeToString(raw))
}
