package ews

import (
	"fmt"
	"strconv"
)

// Version is a schema version, the value of RequestServerVersion.
// Source: https://learn.microsoft.com/exchange/client-developer/exchange-web-services/ews-schema-versions-in-exchange.
type Version int

// The schema versions that a server of the product of that name understands, oldest first. Exchange 2016, 2019 and SE share one.
const (
	VersionAuto Version = iota // not chosen
	Exchange2007SP1
	Exchange2010
	Exchange2010SP1
	Exchange2010SP2
	Exchange2013
	Exchange2013SP1
	Exchange2016

	newestVersion = Exchange2016
)

// String returns the value as it goes over the wire.
func (v Version) String() string {
	switch v {
	case VersionAuto:
		return "auto"
	case Exchange2007SP1:
		return "Exchange2007_SP1"
	case Exchange2010:
		return "Exchange2010"
	case Exchange2010SP1:
		return "Exchange2010_SP1"
	case Exchange2010SP2:
		return "Exchange2010_SP2"
	case Exchange2013:
		return "Exchange2013"
	case Exchange2013SP1:
		return "Exchange2013_SP1"
	case Exchange2016:
		return "Exchange2016"
	}
	return fmt.Sprintf("Version(%d)", int(v))
}

// Feature is something that older servers do not know.
type Feature int

// The features that this package uses.
const (
	FeatureZones                Feature = iota // StartTimeZone, EndTimeZone, TimeZoneContext; before: MeetingTimeZone
	FeatureServerTimeZones                     // GetServerTimeZones
	FeatureUserConfiguration                   // Get/Create/UpdateUserConfiguration
	FeatureSyncScope                           // SyncFolderItems with SyncScope
	FeatureAssociated                          // item:IsAssociated
	FeatureFirstDayOfWeek                      // WeeklyRecurrence/FirstDayOfWeek
	FeatureAnyAddress                          // impersonation by SmtpAddress
	FeatureStreaming                           // streaming subscriptions
	FeatureReturnNewItemIDs                    // MoveItem/ReturnNewItemIds
	FeatureContactDataShape                    // ResolveNames@ContactDataShape
	FeatureIsOrganizer                         // calendar:IsOrganizer, calendar:StartTimeZoneId, calendar:EndTimeZoneId
	FeatureWorkingElsewhere                    // LegacyFreeBusyStatus WorkingElsewhere
	FeatureSuppressReadReceipts                // @SuppressReadReceipts
)

// Since is the one table of what must not be sent to older servers: the first version that knows the feature.
// Source: the version sections of [MS-OXWSMTGS], [MS-OXWSCORE], [MS-OXWSSYNC] and [MS-OXWSNTIF].
func (f Feature) Since() Version {
	switch f {
	case FeatureZones, FeatureServerTimeZones, FeatureUserConfiguration, FeatureSyncScope, FeatureAssociated, FeatureFirstDayOfWeek, FeatureAnyAddress:
		return Exchange2010
	case FeatureStreaming, FeatureReturnNewItemIDs:
		return Exchange2010SP1
	case FeatureContactDataShape:
		return Exchange2010SP2
	case FeatureIsOrganizer, FeatureWorkingElsewhere:
		return Exchange2013
	case FeatureSuppressReadReceipts:
		return Exchange2013SP1
	}
	return newestVersion
}

// Has tells whether a server of version v knows f.
func (v Version) Has(f Feature) bool { return v >= f.Since() }

// Server is what ServerVersionInfo says about the server that answered.
type Server struct {
	Major, Minor, Build int
}

// Highest returns the newest schema version that such a server understands, VersionAuto if the numbers are unknown.
// The Version attribute of ServerVersionInfo is not looked at: it is free text on some servers.
func (s Server) Highest() Version {
	const sp1Of2013 = 847
	switch {
	case s.Major == 8:
		return Exchange2007SP1
	case s.Major == 14 && s.Minor == 0:
		return Exchange2010
	case s.Major == 14 && s.Minor == 1:
		return Exchange2010SP1
	case s.Major == 14:
		return Exchange2010SP2
	case s.Major == 15 && s.Minor == 0 && s.Build < sp1Of2013:
		return Exchange2013
	case s.Major == 15 && s.Minor == 0:
		return Exchange2013SP1
	case s.Major >= 15:
		return Exchange2016
	}
	return VersionAuto
}

func readServer(header *node) (Server, bool) {
	n := header.child("ServerVersionInfo")
	if n == nil {
		return Server{}, false
	}
	num := func(name string) int {
		i, err := strconv.Atoi(n.attr(name))
		if err != nil {
			return 0
		}
		return i
	}
	s := Server{Major: num("MajorVersion"), Minor: num("MinorVersion"), Build: num("MajorBuildNumber")}
	return s, s.Major != 0
}

// lower returns the version to try after v was refused by a server that calls itself s.
func lower(v Version, s Server) (Version, bool) {
	if h := s.Highest(); h != VersionAuto && h < v {
		return h, true
	}
	if v <= Exchange2007SP1 {
		return v, false
	}
	return v - 1, true
}
