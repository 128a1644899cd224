// Package canary looks for texts that were planted in calendars, however they
// may stand in a file or in a message. It serves tests and nothing else.
package canary

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
)

// Search fails the test for each text that an artefact holds. The texts are
// named by what they are.
func Search(t *testing.T, where string, artefact []byte, texts map[string]string) {
	t.Helper()
	lower := bytes.ToLower(artefact)
	for what, s := range texts {
		for form, b := range forms(s) {
			if bytes.Contains(artefact, b) || form == inLower && bytes.Contains(lower, b) {
				t.Errorf("%s holds the %s (%s)", where, what, form)
			}
		}
	}
}

const inLower = "lower case"

// forms are the ways in which a text may stand somewhere.
func forms(s string) map[string][]byte {
	var wide []byte
	for _, u := range utf16.Encode([]rune(s)) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	out := map[string][]byte{
		"plain": []byte(s), "UTF-16": wide, "hex": []byte(hex.EncodeToString([]byte(s))),
		inLower: []byte(strings.ToLower(s)), "UTF-16 in hex": []byte(hex.EncodeToString(wide)),
	}
	for shift := range 3 { // the middle of its base64, wherever the text begins
		enc := base64.StdEncoding.EncodeToString(append(bytes.Repeat([]byte{'x'}, shift), s...))
		out[fmt.Sprintf("base64 at %d", shift)] = []byte(enc[4 : len(enc)-4])
	}
	return out
}
