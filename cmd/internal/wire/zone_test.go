//go:build !windows

package wire

import (
	"os"
	"path/filepath"
	"testing"
)

// TestZoneOfLink reads the name out of the link that systems have.
func TestZoneOfLink(t *testing.T) {
	link := filepath.Join(t.TempDir(), "localtime")
	if got := zoneOfLink(link); got != "" {
		t.Errorf("without a link it is %q", got)
	}
	if err := os.Symlink("../usr/share/zoneinfo/Europe/Helsinki", link); err != nil {
		t.Fatal(err)
	}
	if got := zoneOfLink(link); got != "Europe/Helsinki" {
		t.Errorf("the zone is %q", got)
	}
}
