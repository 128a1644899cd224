//go:build !windows

package localapi

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAddress_IsShortEnoughForASocket tells folders whose paths leave no room
// for a socket's. The agent is reached all the same.
func TestAddress_IsShortEnoughForASocket(t *testing.T) {
	long := func(n int) string {
		dir := t.TempDir()
		return filepath.Join(dir, strings.Repeat("d", max(1, n-len(dir)-1)))
	}
	most := room - len("/lockstep-0123456789abcdef.sock") - 1
	for _, tt := range []struct {
		name, runtime, temporary string
		stays                    bool // in the runtime folder
	}{
		{"the runtime folder is as long as can be", long(most), os.TempDir(), true},
		{"it is longer by a byte", long(most + 1), os.TempDir(), false},
		{"both folders are too long", long(150), long(150), false},
		{"the temporary folder is, and there is no other", "", long(150), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("XDG_RUNTIME_DIR", tt.runtime)
			t.Setenv("TMPDIR", tt.temporary)
			address := Address(tt.name)
			if stays := filepath.Dir(address) == tt.runtime; stays != tt.stays {
				t.Errorf("address %q, in the runtime folder: %v, want %v", address, stays, tt.stays)
			}
			l, err := Listen(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			c, err := dial(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if got := c.RemoteAddr().(*net.UnixAddr).Name; got != address {
				t.Errorf("reached %q, want %q", got, address)
			}
		})
	}
}
