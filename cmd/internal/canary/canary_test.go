package canary

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestForms_FindATextHoweverItIsWritten(t *testing.T) {
	const text = "Kanarienvogel-1"
	wide := utf16.Encode([]rune("xx" + text + "xx"))
	var raw []byte
	for _, u := range wide {
		raw = binary.LittleEndian.AppendUint16(raw, u)
	}
	held := [][]byte{[]byte("a" + text + "b"), raw, []byte(hex.EncodeToString([]byte("a" + text)))}
	for n := range 6 {
		held = append(held, []byte(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("y", n)+text+"zz"))))
	}
	for _, b := range held {
		found := false
		for _, form := range forms(text) {
			found = found || bytes.Contains(b, form)
		}
		if !found {
			t.Errorf("not found in %q", b)
		}
	}
}
