package simauth

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
	"unicode/utf16"
)

// Flags of the NTLM messages ([MS-NLMP] 2.2.2.5).
const (
	flagUnicode     = 0x00000001
	flagOEM         = 0x00000002
	flagTarget      = 0x00000004
	flagSign        = 0x00000010
	flagSeal        = 0x00000020
	flagNTLM        = 0x00000200
	flagAlwaysSign  = 0x00008000
	flagDomain      = 0x00010000
	flagExtended    = 0x00080000
	flagTargetInfo  = 0x00800000
	flagVersion     = 0x02000000
	flag128         = 0x20000000
	flagKeyExchange = 0x40000000
	flag56          = 0x80000000
)

// Kinds of attribute/value pairs in a target info block ([MS-NLMP] 2.2.2.1).
const (
	avEnd         = 0
	avComputer    = 1
	avDomain      = 2
	avDNSComputer = 3
	avDNSDomain   = 4
	avFlags       = 6
	avTimestamp   = 7
	avBinding     = 10
)

// avFlagMIC in the client's avFlags says that its answer carries a message integrity code.
const avFlagMIC = 0x2

const (
	signature = "NTLMSSP\x00"

	kindNegotiate    = 1
	kindChallenge    = 2
	kindAuthenticate = 3

	micOffset = 72
	micLength = 16

	// answerAV is where the pairs begin in the part of an NTLMv2 answer that follows the proof.
	answerAV = 28
	proofLen = 16
)

var (
	errNotNTLM    = errors.New("not an NTLM message")
	errTruncated  = errors.New("message is cut short")
	errWrongKind  = errors.New("unexpected kind of NTLM message")
	errNTLMv1     = errors.New("answer is not NTLMv2")
	errAVUnclosed = errors.New("target info has no end mark")
)

// messageKind tells which of the three messages b is.
func messageKind(b []byte) (uint32, error) {
	if len(b) < len(signature) || string(b[:len(signature)]) != signature {
		return 0, errNotNTLM
	}
	if len(b) < 12 {
		return 0, errTruncated
	}
	return binary.LittleEndian.Uint32(b[8:]), nil
}

func expectKind(b []byte, want uint32) error {
	kind, err := messageKind(b)
	if err != nil {
		return err
	}
	if kind != want {
		return fmt.Errorf("%w: %d instead of %d", errWrongKind, kind, want)
	}
	return nil
}

// decodeNegotiate returns the flags of a NEGOTIATE message. Its optional names carry nothing that a sign-in depends on and are not read.
func decodeNegotiate(b []byte) (uint32, error) {
	if err := expectKind(b, kindNegotiate); err != nil {
		return 0, fmt.Errorf("decode negotiate: %w", err)
	}
	if len(b) < 16 {
		return 0, fmt.Errorf("decode negotiate: %w", errTruncated)
	}
	return binary.LittleEndian.Uint32(b[12:]), nil
}

// authenticate is a decoded AUTHENTICATE message.
type authenticate struct {
	flags        uint32
	domain, user string
	proof        []byte // NTProofStr
	answer       []byte // what the proof covers, after the server's challenge
	sessionKey   []byte // EncryptedRandomSessionKey
	pairs        map[uint16][]byte
	mic          []byte // nil when the client announces none
	raw          []byte
}

func decodeAuthenticate(b []byte) (*authenticate, error) {
	if err := expectKind(b, kindAuthenticate); err != nil {
		return nil, fmt.Errorf("decode authenticate: %w", err)
	}
	if len(b) < 52 {
		return nil, fmt.Errorf("decode authenticate: %w", errTruncated)
	}
	a := &authenticate{raw: b}
	if len(b) >= 64 {
		a.flags = binary.LittleEndian.Uint32(b[60:])
		key, err := field(b, 52)
		if err != nil {
			return nil, fmt.Errorf("decode session key: %w", err)
		}
		a.sessionKey = key
	}
	domain, err := field(b, 28)
	if err != nil {
		return nil, fmt.Errorf("decode domain: %w", err)
	}
	user, err := field(b, 36)
	if err != nil {
		return nil, fmt.Errorf("decode user: %w", err)
	}
	a.domain, a.user = decodeText(domain, a.flags), decodeText(user, a.flags)
	nt, err := field(b, 20)
	if err != nil {
		return nil, fmt.Errorf("decode answer: %w", err)
	}
	return a, a.decodeAnswer(nt)
}

// decodeAnswer splits an NTLMv2 answer into the proof and what it covers ([MS-NLMP] 2.2.2.8).
func (a *authenticate) decodeAnswer(nt []byte) error {
	if len(nt) < proofLen+answerAV {
		return fmt.Errorf("decode answer: %w", errNTLMv1)
	}
	a.proof, a.answer = nt[:proofLen], nt[proofLen:]
	if a.answer[0] != 1 || a.answer[1] != 1 {
		return fmt.Errorf("decode answer: %w", errNTLMv1)
	}
	pairs, err := decodePairs(a.answer[answerAV:])
	if err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	a.pairs = pairs
	if f := pairs[avFlags]; len(f) == 4 && binary.LittleEndian.Uint32(f)&avFlagMIC != 0 {
		if len(a.raw) < micOffset+micLength {
			return fmt.Errorf("decode integrity code: %w", errTruncated)
		}
		a.mic = a.raw[micOffset : micOffset+micLength]
	}
	return nil
}

// field returns the bytes that the length, maximum length and offset at position at of b describe.
func field(b []byte, at int) ([]byte, error) {
	if len(b) < at+8 {
		return nil, errTruncated
	}
	length := uint64(binary.LittleEndian.Uint16(b[at:]))
	offset := uint64(binary.LittleEndian.Uint32(b[at+4:]))
	if length == 0 {
		return nil, nil
	}
	if offset+length > uint64(len(b)) {
		return nil, errTruncated
	}
	return b[offset : offset+length], nil
}

func decodePairs(b []byte) (map[uint16][]byte, error) {
	pairs := make(map[uint16][]byte)
	for len(b) >= 4 {
		id, n := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		if id == avEnd {
			return pairs, nil
		}
		if len(b) < 4+n {
			return nil, errTruncated
		}
		pairs[id] = b[4 : 4+n]
		b = b[4+n:]
	}
	return nil, errAVUnclosed
}

// target names the server in a challenge.
type target struct{ domain, computer, dnsDomain, dnsComputer string }

// encodeChallenge writes a CHALLENGE message that agrees to every capability the client asked for and this package can verify.
func encodeChallenge(asked uint32, nonce [8]byte, t target, now time.Time) []byte {
	const echoed = flagSign | flagSeal | flagAlwaysSign | flagExtended | flagVersion | flag128 | flag56 | flagKeyExchange
	flags := asked&echoed | flagTarget | flagNTLM | flagDomain | flagTargetInfo
	if asked&flagUnicode != 0 {
		flags |= flagUnicode
	} else {
		flags |= flagOEM
	}
	name := encodeText(t.domain, flags)
	info := encodeInfo(t, now)

	const header = 56
	b := make([]byte, header, header+len(name)+len(info))
	copy(b, signature)
	binary.LittleEndian.PutUint32(b[8:], kindChallenge)
	putField(b, 12, len(name), header)
	binary.LittleEndian.PutUint32(b[20:], flags)
	copy(b[24:], nonce[:])
	putField(b, 40, len(info), header+len(name))
	if flags&flagVersion != 0 {
		copy(b[48:], []byte{10, 0, 0x63, 0x45, 0, 0, 0, 15}) // Windows Server 2019, revision W2K3
	}
	b = append(b, name...)
	return append(b, info...)
}

func putField(b []byte, at, length, offset int) {
	binary.LittleEndian.PutUint16(b[at:], uint16(length))   //nolint:gosec // names are short
	binary.LittleEndian.PutUint16(b[at+2:], uint16(length)) //nolint:gosec // names are short
	binary.LittleEndian.PutUint32(b[at+4:], uint32(offset)) //nolint:gosec // names are short
}

func encodeInfo(t target, now time.Time) []byte {
	var b []byte
	add := func(id uint16, value []byte) {
		b = binary.LittleEndian.AppendUint16(b, id)
		b = binary.LittleEndian.AppendUint16(b, uint16(len(value))) //nolint:gosec // names are short
		b = append(b, value...)
	}
	add(avDomain, utf16le(t.domain))
	add(avComputer, utf16le(t.computer))
	add(avDNSDomain, utf16le(t.dnsDomain))
	add(avDNSComputer, utf16le(t.dnsComputer))
	add(avTimestamp, binary.LittleEndian.AppendUint64(nil, filetime(now)))
	add(avEnd, nil)
	return b
}

// filetime counts 100 ns since 1601-01-01 UTC.
func filetime(t time.Time) uint64 {
	const secondsTo1970 = 11644473600
	return uint64(t.Unix()+secondsTo1970)*10_000_000 + uint64(t.Nanosecond())/100 //nolint:gosec // no clock of a test stands before 1601
}

func utf16le(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func encodeText(s string, flags uint32) []byte {
	if flags&flagUnicode != 0 {
		return utf16le(s)
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			r = '?'
		}
		b = append(b, byte(r))
	}
	return b
}

// decodeText reads a name in the character set agreed on; the OEM set is taken as Latin-1.
func decodeText(b []byte, flags uint32) string {
	if flags&flagUnicode != 0 {
		units := make([]uint16, 0, len(b)/2)
		for ; len(b) >= 2; b = b[2:] {
			units = append(units, binary.LittleEndian.Uint16(b))
		}
		return string(utf16.Decode(units))
	}
	return latin1(b)
}

func latin1(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}
