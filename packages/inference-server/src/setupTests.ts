// Most tests start processes, on machines that may be busy with other things.
jest.setTimeout(60_000);
