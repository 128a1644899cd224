package store

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"

	"lockstep/sync/exchange/ewssim/internal/recur"
)

// Lengths of ids as text, as Exchange 2010 and later write them.
const (
	ItemIDLen    = 152
	FolderIDLen  = 120
	ChangeKeyLen = 40
)

// ErrID reports an id or change key that no server ever gave out.
var ErrID = errors.New("id is malformed")

// IDKind tells what an id names.
type IDKind byte

// The kinds of ids.
const (
	KindItem IDKind = iota + 1
	KindOccurrence
	KindFolder
)

// ID is an id taken apart. Day is set for occurrences: the original day.
type ID struct {
	Kind   IDKind
	Box    string // mailbox guid
	Serial uint64
	Day    recur.Day
}

const guidLen = 36

// String writes the id. It depends on nothing but its content, so ids need not
// be stored; the tail is a checksum that also spreads the base64 alphabet.
func (id ID) String() string {
	size := ItemIDLen / 4 * 3
	if id.Kind == KindFolder {
		size = FolderIDLen / 4 * 3
	}
	raw := make([]byte, size)
	raw[0], raw[1], raw[2], raw[3] = 0x00, 0x03, 0x24, 0x00
	copy(raw[4:], id.Box)
	p := 4 + guidLen
	raw[p] = byte(id.Kind)
	binary.BigEndian.PutUint64(raw[p+1:], id.Serial)
	binary.BigEndian.PutUint32(raw[p+9:], uint32(id.Day)) //nolint:gosec // the bits are what counts
	p += 13
	sum := sha256.Sum256(raw[:p])
	for n := 0; p < size; n++ {
		p += copy(raw[p:], sum[:])
		sum = sha256.Sum256(sum[:])
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// ParseID reads an id; ErrID when it is not one of ours.
func ParseID(s string) (ID, error) {
	if len(s) != ItemIDLen && len(s) != FolderIDLen {
		return ID{}, ErrID
	}
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(raw) < 4+guidLen+13 {
		return ID{}, ErrID
	}
	p := 4 + guidLen
	id := ID{
		Kind: IDKind(raw[p]), Box: string(raw[4:p]),
		Serial: binary.BigEndian.Uint64(raw[p+1:]),
		Day:    recur.Day(int32(binary.BigEndian.Uint32(raw[p+9:]))), //nolint:gosec // the bits are what counts
	}
	if id.String() != s {
		return ID{}, ErrID
	}
	return id, nil
}

// ChangeKey writes a change key for change number cn. Prefix tells calendar
// items and folders from messages, as the first bytes do on a real server.
func ChangeKey(box string, calendar bool, cn uint64) string {
	raw := make([]byte, ChangeKeyLen/4*3)
	raw[0], raw[4] = 0x0f, 0x16
	if !calendar {
		raw[0] = 0x09
	}
	guid, err := hex.DecodeString(box[:8] + box[9:13])
	if err == nil {
		copy(raw[8:], guid)
	}
	binary.BigEndian.PutUint64(raw[14:], cn)
	sum := sha256.Sum256(raw[:22])
	copy(raw[22:], sum[:])
	return base64.StdEncoding.EncodeToString(raw)
}

// ParseChangeKey returns the change number in a key.
func ParseChangeKey(s string) (uint64, error) {
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(raw) != ChangeKeyLen/4*3 {
		return 0, ErrID
	}
	sum := sha256.Sum256(raw[:22])
	if string(raw[22:]) != string(sum[:len(raw)-22]) {
		return 0, ErrID
	}
	return binary.BigEndian.Uint64(raw[14:]), nil
}
