package ews

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// CleanText returns s without the characters that XML 1.0 cannot carry: what a write stores when s is written.
func CleanText(s string) string {
	if i := strings.IndexFunc(s, illegal); i < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if illegal(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// illegal follows https://www.w3.org/TR/xml/#charsets.
func illegal(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return false
	case r < ' ', r >= 0xD800 && r <= 0xDFFF, r == 0xFFFE, r == 0xFFFF, r > utf8.MaxRune:
		return true
	}
	return false
}

const replacement = "\uFFFD"

// sanitize makes b readable for a strict XML parser: bytes and character references that XML 1.0 forbids become U+FFFD.
// Exchange sends both when an item holds control characters.
func sanitize(b []byte) []byte {
	first := nextIllegal(b, 0)
	if first < 0 {
		return b
	}
	out := make([]byte, 0, len(b)+len(replacement))
	from := 0
	for i := first; i >= 0; i = nextIllegal(b, from) {
		out = append(out, b[from:i]...)
		out = append(out, replacement...)
		from = i + illegalLen(b[i:])
	}
	return append(out, b[from:]...)
}

// nextIllegal returns the offset of the first illegal byte sequence at or after from, or -1.
func nextIllegal(b []byte, from int) int {
	for i := from; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			if illegal(rune(c)) || c == '&' && illegalLen(b[i:]) > 0 {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 || illegal(r) {
			return i
		}
		i += n
	}
	return -1
}

// illegalLen returns the length of the illegal sequence at the start of b, 0 if there is none.
func illegalLen(b []byte) int {
	if b[0] != '&' {
		_, n := utf8.DecodeRune(b)
		return n
	}
	const longest = 12 // &#x0010FFFF;
	if len(b) < 4 || b[1] != '#' {
		return 0
	}
	end := -1
	for i := 2; i < len(b) && i < longest; i++ {
		if b[i] == ';' {
			end = i
			break
		}
	}
	if end < 0 {
		return 0
	}
	digits, base := string(b[2:end]), 10
	if strings.HasPrefix(digits, "x") {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || !illegal(rune(min(n, utf8.MaxRune+1))) {
		return 0
	}
	return end + 1
}
