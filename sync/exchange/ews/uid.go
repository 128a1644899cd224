package ews

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
)

// UIDProperty is the property by which an item is found by its UID: calendar:UID itself cannot be searched for. Give UIDValue as the value to equal.
// It is PidLidCleanGlobalObjectId ([MS-OXOCAL] 2.2.1.28), which all occurrences of a series and all copies of a meeting share.
func UIDProperty() ExtendedFieldURI {
	const cleanGlobalObjectID = 0x23
	return ExtendedFieldURI{DistinguishedSet: "Meeting", PropertyID: cleanGlobalObjectID, PropertyType: "Binary"}
}

// UIDValue returns the value of UIDProperty for a UID, in base64. A UID that Outlook or Exchange made is the property in hexadecimal digits with the date
// of an exception possibly filled in; any other is wrapped as [MS-OXCICAL] 2.1.3.1.1.20.26 says.
func UIDValue(uid string) string {
	const (
		dateFrom, dateTo = 16, 20
		sizeAt, head     = 36, 40
	)
	prefix := []byte{0x04, 0, 0, 0, 0x82, 0, 0xE0, 0, 0x74, 0xC5, 0xB7, 0x10, 0x1A, 0x82, 0xE0, 0x08}
	if b, err := hex.DecodeString(uid); err == nil && len(b) >= head && bytes.HasPrefix(b, prefix) {
		clear(b[dateFrom:dateTo])
		return base64.StdEncoding.EncodeToString(b)
	}
	b := make([]byte, head, head+len(uid)+16)
	copy(b, prefix)
	b = append(b, "vCal-Uid\x01\x00\x00\x00"...)
	b = append(b, uid...)
	b = append(b, 0)
	binary.LittleEndian.PutUint32(b[sizeAt:], uint32(len(b)-head)) //nolint:gosec // the length of a text
	return base64.StdEncoding.EncodeToString(b)
}
