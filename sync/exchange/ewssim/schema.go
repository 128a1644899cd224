package ewssim

// schema is a version of the types schema that a request names in
// RequestServerVersion.
type schema int

const (
	vNone schema = iota // no header: the server behaves as the first version
	v2007
	v2007SP1
	v2010
	v2010SP1
	v2010SP2
	v2013
	v2013SP1
	v2016
)

var schemaNames = map[string]schema{
	"Exchange2007": v2007, "Exchange2007_SP1": v2007SP1,
	"Exchange2010": v2010, "Exchange2010_SP1": v2010SP1, "Exchange2010_SP2": v2010SP2,
	"Exchange2013": v2013, "Exchange2013_SP1": v2013SP1,
	"Exchange2015": v2016, "Exchange2016": v2016,
}

func (v schema) String() string {
	for name, s := range schemaNames {
		if s == v && name != "Exchange2015" {
			return name
		}
	}
	return "none"
}
