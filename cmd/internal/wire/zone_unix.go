//go:build !windows

package wire

import (
	"os"
	"strings"
)

// systemZone is the zone that the system's clock is set to: a link into the
// database of zones.
func systemZone() string { return zoneOfLink("/etc/localtime") }

func zoneOfLink(link string) string {
	target, err := os.Readlink(link)
	if err != nil {
		return ""
	}
	_, name, _ := strings.Cut(target, "zoneinfo/")
	return name
}
