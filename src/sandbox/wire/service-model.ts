/** The form of the generated service models: what botocore's service-2.json says of each operation, shape and error, and no more. */

export interface ShapeModel {
  readonly type: 'string' | 'integer' | 'boolean' | 'timestamp' | 'blob' | 'list' | 'map' | 'structure';
  readonly min?: number;
  readonly max?: number;
  /** Java's dialect of regular expressions; AWS matches the whole value. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  /** Names of members that must be there. */
  readonly required?: readonly string[];
  /** Of a structure: member name to shape name, in the order of the wire. */
  readonly members?: Readonly<Record<string, string>>;
  /** Of a list: the shape name of its members. */
  readonly member?: string;
  readonly key?: string;
  readonly value?: string;
}

export interface OperationModel {
  readonly input?: string;
  readonly output?: string;
  readonly resultWrapper?: string;
}

export interface ServiceModel {
  readonly service: string;
  readonly version: string;
  readonly xmlNamespace: string;
  /** Of a service that speaks JSON: what stands before the operation in `X-Amz-Target`. */
  readonly targetPrefix?: string;
  readonly operations: Readonly<Record<string, OperationModel>>;
  /** Wire code to HTTP status. */
  readonly errors: Readonly<Record<string, number>>;
  readonly shapes: Readonly<Record<string, ShapeModel>>;
}

export type WireValue = string | number | boolean | readonly WireValue[] | { readonly [member: string]: WireValue | undefined };
export type WireStructure = { readonly [member: string]: WireValue | undefined };

/** A shape that the model names; a missing one is a fault of the generator. */
export const shapeOf = (model: ServiceModel, name: string): ShapeModel => {
  const shape = model.shapes[name];
  if (shape === undefined) throw new Error(`the ${model.service} model has no shape ${name}`);
  return shape;
};
