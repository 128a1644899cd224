package main

// floors lists what our client and the simulator exchange in a whole test run. An operation that falls below its row is no longer tested as it was.
var floors = []floor{
	{operation: "GetFolder", requests: 2, answers: 4, versions: 2},
	{operation: "SyncFolderItems", requests: 5, answers: 5, versions: 2},
	{operation: "GetItem", requests: 5, answers: 5, versions: 2},
	{operation: "FindItem", requests: 2, answers: 2, versions: 2},
	{operation: "CreateItem", requests: 5, answers: 5, versions: 2},
	{operation: "UpdateItem", requests: 5, answers: 5, versions: 2},
	{operation: "DeleteItem", requests: 2, answers: 2, versions: 2},
	{operation: "MoveItem", requests: 1, answers: 1, versions: 1},
	{operation: "ResolveNames", requests: 1, answers: 1, versions: 1},
	{operation: "GetServerTimeZones", requests: 1, answers: 1, versions: 1},
	{operation: "GetUserConfiguration", requests: 1, answers: 1, versions: 1},
	{operation: "CreateUserConfiguration", requests: 1, answers: 1, versions: 1},
	{operation: "UpdateUserConfiguration", requests: 1, answers: 1, versions: 1},
	{operation: "Subscribe", requests: 1, answers: 1, versions: 1},
	{operation: "GetStreamingEvents", requests: 1, answers: 1, versions: 1},
	{operation: "Unsubscribe", requests: 1, answers: 1, versions: 1},
}
