package exchange

import (
	"lockstep/sync/doctor"
	"lockstep/sync/exchange/ews"
)

// firstSE is the first build of Exchange Server Subscription Edition; those
// before it under the same numbers are Exchange 2019.
const firstSE = 2562

// Product is the name under which a server is sold, empty if it has not said
// what it is.
func Product(v ews.Server) string {
	switch {
	case v.Major == 8:
		return "Exchange 2007"
	case v.Major == 14:
		return "Exchange 2010"
	case v.Major == 15 && v.Minor == 0:
		return "Exchange 2013"
	case v.Major == 15 && v.Minor == 1:
		return "Exchange 2016"
	case v.Major == 15 && v.Minor == 2 && v.Build < firstSE:
		return "Exchange 2019"
	case v.Major == 15 && v.Minor == 2:
		return "Exchange Server SE"
	case v.Major == 15 && v.Minor == 20:
		return "Exchange Online"
	case v.Major == 0:
		return ""
	}
	return "Exchange " + build(v)
}

// Retirement says whether the maker still mends a server. Exchange 2016 and 2019
// went out of support on 14 October 2025; see
// https://learn.microsoft.com/lifecycle/products/exchange-server-2019.
func Retirement(v ews.Server) doctor.Result {
	r := doctor.Pass().With("product", Product(v)).With("build", build(v))
	switch {
	case v.Major == 0:
		return doctor.Skip(doctor.CauseNotHere)
	case v.Major == 15 && v.Minor == 20:
		r.State, r.Cause = doctor.Warned, doctor.CauseCloudEWS
	case v.Major < 15, v.Minor < 2, v.Minor == 2 && v.Build < firstSE:
		r.State, r.Cause = doctor.Warned, doctor.CauseOutOfSupport
	}
	return r
}
