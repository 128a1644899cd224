package main

// generations are the schema versions in which our client has to work: of Exchange 2007, 2010, 2013, and of 2016 and later.
var generations = []string{"Exchange2007_SP1", "Exchange2010_SP2", "Exchange2013_SP1", "Exchange2016"}

// latest is for operations whose form is the same in every generation that has them.
var latest = []string{"Exchange2016"}

// floors lists what our client and the simulator exchange in a whole test run: about half of what they do. An operation that falls below its row is no
// longer tested as it was.
var floors = []floor{
	{operation: "GetFolder", requests: 3, answers: 10, versions: latest},
	{operation: "SyncFolderItems", requests: 6, answers: 15, versions: generations},
	{operation: "GetItem", requests: 7, answers: 30, versions: generations},
	{operation: "FindItem", requests: 5, answers: 15, versions: generations},
	{operation: "FindFolder", requests: 1, answers: 1, versions: generations},
	{operation: "CreateItem", requests: 4, answers: 15, versions: generations},
	{operation: "UpdateItem", requests: 4, answers: 15, versions: generations},
	{operation: "DeleteItem", requests: 4, answers: 6, versions: generations},
	{operation: "MoveItem", requests: 4, answers: 4, versions: generations},
	{operation: "ResolveNames", requests: 1, answers: 2, versions: latest},
	{operation: "GetServerTimeZones", requests: 1, answers: 2, versions: latest},
	{operation: "GetUserConfiguration", requests: 1, answers: 3, versions: latest},
	{operation: "CreateUserConfiguration", requests: 1, answers: 2, versions: latest},
	{operation: "UpdateUserConfiguration", requests: 1, answers: 2, versions: latest},
	{operation: "Subscribe", requests: 1, answers: 3, versions: latest},
	{operation: "GetStreamingEvents", requests: 1, answers: 5, versions: latest},
	{operation: "Unsubscribe", requests: 1, answers: 2, versions: latest},
}
