package localapi

import (
	"bytes"
	"testing"
)

func TestScript_EncodedIsWhatWindowsPowerShellReads(t *testing.T) {
	got := Script{Text: "'å'\n'b'\n"}.Encoded()
	if want := []byte("\xef\xbb\xbf'\xc3\xa5'\r\n'b'\r\n"); !bytes.Equal(got, want) {
		t.Errorf("Encoded = %q, want %q", got, want)
	}
}
