package wire

import (
	"golang.org/x/sys/windows/registry"

	"lockstep/resources/zones"
)

// systemZone is the zone that Windows is set to, which has a name of its own for it.
func systemZone() string {
	k, err := registry.OpenKey(registry.LOCAL_MACHINE, `SYSTEM\CurrentControlSet\Control\TimeZoneInformation`, registry.QUERY_VALUE)
	if err != nil {
		return ""
	}
	defer k.Close()
	id, _, err := k.GetStringValue("TimeZoneKeyName")
	if err != nil {
		return ""
	}
	name, _ := zones.ToIANA(id)
	return name
}
