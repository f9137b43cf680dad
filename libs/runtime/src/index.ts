export * from './crash-points.ts';
export * from './manifest/manifest.ts';
export * from './options.ts';
export * from './ports.ts';
export { takeOver, type OwnedState } from './task/take-over.ts';
export { commitTurn } from './task/commit-cycle.ts';
export { Task } from './task/task.ts';
export type { TaskSurroundings } from './task/task-surroundings.ts';
export { TaskRunner } from './task/task-runner.ts';
export { taskPlan, type StagePlan, type TaskPlan } from './task/task-plan.ts';
export { watermarksOf } from './task/watermarks.ts';
export { planWorker, upstreamByCatalogue } from './worker/plan-worker.ts';
export type { Planning, UpstreamOf } from './worker/planning.ts';
export { Worker } from './worker/worker.ts';
export type { WorkerHealth, WorkerOptions } from './worker/worker-options.ts';
export { diffSavepoints, type PositionDiff, type QueryDiff, type SavepointDiff } from './savepoint/diff-savepoints.ts';
export { type RestoreOptions, restoreSavepoint } from './savepoint/restore-savepoint.ts';
export type { Savepoint } from './savepoint/savepoint.ts';
export { savepointTopic } from './savepoint/savepoint-topic.ts';
export {
  deleteSavepoint,
  listSavepoints,
  loadSavepoint,
  type SavepointSummary,
  storeSavepoint,
} from './savepoint/savepoint-store.ts';
export { takeSavepoint } from './savepoint/take-savepoint.ts';
export { assignedStages } from './operate/assigned-stages.ts';
export { type GrowReport, growTopic } from './operate/grow-topic.ts';
export { type MovedPosition, reprocess, type ReprocessFrom } from './operate/reprocess.ts';
export { resetApplication, type ResetReport } from './operate/reset-application.ts';
export { stagesWithState } from './operate/stages-with-state.ts';
